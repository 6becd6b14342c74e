import type { TSchema } from 'typebox';
import type { ProblemList } from '../problems.ts';
import { didYouMean } from '../suggest.ts';
import type { Mapping } from '../yaml/mapping.ts';
import { explain } from './explain.ts';
import type { ShapeChecks } from './validator.ts';

export interface KeywordTable {
  readonly keywords: Readonly<Record<string, TSchema>>;
  /** Opens each message: `job "build"`. */
  readonly subject: string;
  /** Opens each path: `jobs.build`. */
  readonly path: string;
}

/** Checks each key of a job (or of `default`) against its keyword. true: all fit. Empty values count as absent. */
export function checkKeywords(node: Mapping, table: KeywordTable, checks: ShapeChecks, problems: ProblemList): boolean {
  let fits = true;
  for (const key in node) {
    const value = node[key];
    if (value === null || value === undefined) {
      if (Object.hasOwn(table.keywords, key)) continue;
    }
    const schema = Object.hasOwn(table.keywords, key) ? table.keywords[key] : undefined;
    if (schema === undefined) {
      fits = false;
      const message = `${table.subject}: unknown key "${key}"`;
      const hint = didYouMean(key, Object.keys(table.keywords));
      problems.add({ code: 'unknown-key', message, path: `${table.path}.${key}`, ...hint }, { node, key, part: 'key' });
    } else if (!checks.passes(schema, value)) {
      fits = false;
      checkValue({ schema, value, node, key }, table, problems);
    }
  }
  return fits;
}

/** Reports why one value does not fit. */
export function checkValue(
  {
    schema,
    value,
    node,
    key,
  }: { readonly schema: TSchema; readonly value: unknown; readonly node: unknown; readonly key: string },
  table: Pick<KeywordTable, 'subject' | 'path'>,
  problems: ProblemList,
): void {
  const place = { node, key, part: 'value' } as const;
  const misfits = explain(schema, value, { name: table.subject, rootPath: table.path, path: [key], place });
  for (const { finding, place: where } of misfits) problems.add(finding, where);
  if (misfits.length > 0) return;
  problems.add(
    { code: 'bad-value', message: `${table.subject}: ${key} is not valid`, path: `${table.path}.${key}` },
    place,
  );
}
