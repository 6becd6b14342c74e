import { fieldsOf, type Schema } from './fields-of.ts';

export interface OpenApi {
  readonly info: { readonly title: string; readonly version: string; readonly description?: string };
  readonly paths?: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

interface Operation {
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content?: Content };
  readonly responses?: Readonly<Record<string, { readonly content?: Content }>>;
}

/** By media type. */
type Content = Readonly<Record<string, { readonly schema?: Schema }>>;

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: Schema;
}

interface Entry {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

export const STYLE = `
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h2 { margin-top: 3rem; text-transform: capitalize; }
details { border-top: 1px solid #8884; padding: .4rem 0; }
summary { cursor: pointer; }
code, b { font-family: ui-monospace, monospace; }
b { display: inline-block; min-width: 4.5rem; }
table { border-collapse: collapse; margin: .5rem 0 1rem; }
td { padding: .1rem 1.2rem .1rem 0; vertical-align: top; }
small { opacity: .75; }
`;

/** Everything of the document on one page: no script, nothing from elsewhere. */
export function renderReference({ info, paths = {} }: OpenApi): string {
  const entries = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]): Entry => ({ method: method.toUpperCase(), path, operation })),
  );
  const chapters = Map.groupBy(entries, ({ operation }) => operation.tags?.[0] ?? 'more');
  const names = [...chapters.keys()].sort();
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${inert(info.title)} API</title><link rel="stylesheet" href="reference.css"></head><body>
<h1>${inert(info.title)} API</h1><p>${inert(info.description ?? '')} Version ${inert(info.version)}; <a href="openapi.json">openapi.json</a>.</p>
<p>${names.map((name) => `<a href="#${slug(name)}">${inert(name)}</a>`).join(' · ')}</p>
${names.map((name) => renderChapter(name, chapters.get(name) ?? [])).join('\n')}
</body></html>
`;
}

function renderChapter(name: string, entries: readonly Entry[]): string {
  return `<h2 id="${slug(name)}">${inert(name)}</h2>\n${entries.map(renderEntry).join('\n')}`;
}

function renderEntry({ method, path, operation }: Entry): string {
  const { summary = '', description = '', parameters = [], requestBody, responses = {} } = operation;
  const given = parameters.map(({ name, in: where, required = false, description: words, schema }) => {
    return { name, type: fieldsOf(schema).type, note: [where, required ? 'required' : '', words ?? ''] };
  });
  const answers = Object.entries(responses).map(
    ([status, { content }]) => `<p><code>${inert(status)}</code></p>${renderAnswer(content)}`,
  );
  return `<details><summary><b>${method}</b> <code>${inert(path)}</code><br><small>${inert(summary)}</small></summary>
<p><small>${inert(description)}</small></p>${given.length === 0 ? '' : `<p>Parameters</p>${table(given)}`}
${requestBody === undefined ? '' : `<p>Body</p>${renderFields(schemaOf(requestBody.content))}`}<p>Answers</p>${answers.join('')}</details>`;
}

function renderAnswer(content: Content | undefined): string {
  const events = content?.['text/event-stream']?.schema?.anyOf;
  if (events === undefined) return renderFields(schemaOf(content));
  const each = events.map(
    ({ properties: { event, data } = {} }) =>
      `<p>Event <code>${inert(fieldsOf(event).type)}</code></p>${renderFields(data)}`,
  );
  return each.join('');
}

function schemaOf(content: Content | undefined): Schema | undefined {
  return Object.values(content ?? {})[0]?.schema;
}

function renderFields(schema: Schema | undefined): string {
  const { type, fields } = fieldsOf(schema);
  if (fields.length === 0) return type === 'null' ? '' : `<p>${inert(type)}</p>`;
  return `${type === 'object' ? '' : `<p>${inert(type)}</p>`}${table(fields)}`;
}

interface Row {
  readonly name: string;
  readonly type: string;
  readonly note: readonly string[];
}

function table(rows: readonly Row[]): string {
  const cells = rows.map(
    ({ name, type, note }) =>
      `<tr><td><code>${inert(name)}</code></td><td>${inert(type)}</td><td>${inert(note.filter(Boolean).join('; '))}</td></tr>`,
  );
  return `<table>${cells.join('')}</table>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function inert(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

function slug(text: string): string {
  return text.replace(/\W+/g, '-');
}
