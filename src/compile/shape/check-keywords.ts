import type { TSchema } from 'typebox';
import { didYouMean } from '../../base/index.ts';
import type { ProblemList } from '../problems.ts';
import { MADE_OF, type Mapping } from '../yaml/mapping.ts';
import { explain } from './explain.ts';
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

/** Checks each key of a job (or of `default`) against its keyword; gives the keys that do not fit. Empty values count as absent. */
export function checkKeywords(
  node: Mapping,
  keywords: KeywordTable,
  checks: ShapeChecks,
  report: { readonly problems: ProblemList; readonly owner: () => Owner },
): readonly string[] {
  let misfits: string[] | null = null;
  const inherited = node[MADE_OF]?.[1];
  for (const key in node) {
    const value = node[key];
    const schema = keywords.get(key);
    if (schema === undefined) {
      misfits = [...(misfits ?? []), key];
      reportUnknown({ node, key }, keywords, report.owner(), report.problems);
    } else if (value !== null && value !== undefined) {
      const isShared = inherited !== undefined && inherited[key] === value;
      if (isShared ? checks.passesShared(schema, value) : checks.passes(schema, value)) continue;
      misfits = [...(misfits ?? []), key];
      reportMisfit({ schema, value, node, key }, report.owner(), report.problems);
    }
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
  const finding = { code: 'unknown-key', message, path: `${owner.path}.${key}`, ...didYouMean(key, keywords.keys()) };
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
