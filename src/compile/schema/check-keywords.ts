import type { TSchema } from 'typebox';
import type { ProblemList } from '../problems.ts';
import { MADE_OF, type Mapping } from '../yaml/mapping.ts';
import { explain } from './explain.ts';
import { hintForKey } from './hint-for-key.ts';
import type { ShapeChecks } from './validator.ts';

export type KeywordTable = ReadonlyMap<string, TSchema>;

const NONE: readonly string[] = [];

/** Whose keywords are checked. Its words are made when there is something to say. */
export interface Owner {
  /** Opens each message, such as `job "build"`; empty for the file itself. */
  readonly subject: string;
  /** Opens each path, such as `jobs.build`. */
  readonly path: string;
}

/**
 * Checks each key of a job (or of `default`) against its keyword; gives the keys that do not fit. Empty values count as absent. What a
 * job has from a template is looked at once, in the template.
 */
export function checkKeywords(
  node: Mapping,
  keywords: KeywordTable,
  checks: ShapeChecks,
  report: { readonly problems: ProblemList; readonly owner: () => Owner },
): readonly string[] {
  const [own, base] = node[MADE_OF] ?? [node];
  const misfits = misfitsOf(node, own ?? node, keywords, checks);
  const inherited = base === undefined ? NONE : checks.once(base, () => misfitsOf(base, base, keywords, checks));
  if (misfits.length === 0 && inherited.length === 0) return NONE;
  const all = [...misfits, ...inherited.filter((key) => node[key] === base?.[key] && !misfits.includes(key))];
  for (const key of all) {
    const schema = keywords.get(key);
    if (schema === undefined) reportUnknown({ node, key }, keywords, report.owner(), report.problems);
    else reportMisfit({ schema, value: node[key], node, key }, report.owner(), report.problems);
  }
  return all;
}

/** The keys of `part` under which `node` holds something that does not fit. */
function misfitsOf(node: Mapping, part: Mapping, keywords: KeywordTable, checks: ShapeChecks): readonly string[] {
  let misfits: string[] | null = null;
  for (const key in part) {
    const value = node[key];
    const schema = keywords.get(key);
    if (schema !== undefined && (value === null || value === undefined || checks.passes(schema, value))) continue;
    // `extends` itself is gone from a merged job.
    if (value === undefined && !(key in node)) continue;
    if (misfits === null) misfits = [key];
    else misfits.push(key);
  }
  return misfits ?? NONE;
}

function reportUnknown(
  { node, key }: { readonly node: Mapping; readonly key: string },
  keywords: KeywordTable,
  owner: Owner,
  problems: ProblemList,
): void {
  const message = `${owner.subject}: unknown key "${key}"`;
  const finding = { code: 'unknown-key', message, path: `${owner.path}.${key}`, ...hintForKey(key, keywords.keys()) };
  problems.add(finding, { node, key, part: 'key' });
}

/** Reports why one value does not fit. */
export function reportMisfit(
  misfit: { readonly schema: TSchema; readonly value: unknown; readonly node: unknown; readonly key: string | number },
  owner: Owner,
  problems: ProblemList,
): void {
  const { schema, value, node, key } = misfit;
  const place = { node, key, part: 'value' } as const;
  const misfits = explain(schema, value, { name: owner.subject, rootPath: owner.path, path: [key], place });
  for (const { finding, place: where } of misfits) problems.add(finding, where);
  // Without misfits something unreadable is inside, which was reported already.
  if (misfits.length > 0 || problems.hasErrors()) return;
  problems.add(
    { code: 'bad-value', message: `${owner.subject}: ${key} is not valid`, path: `${owner.path}.${key}` },
    place,
  );
}
