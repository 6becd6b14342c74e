import { isLiteralGlob } from '../../../base/index.ts';
import { expandText, type VariableLookup } from '../../../protocol/index.ts';
import type { ConditionCache } from '../condition-cache.ts';

/** The paths a clause is compared with; `unknown` makes the clause hold. Paths are relative, `/`-separated. */
export type PathSource =
  | { readonly kind: 'paths'; readonly paths: readonly string[] }
  | { readonly kind: 'unknown' }
  /** Such as a ref that does not resolve: the pipeline cannot be made. */
  | { readonly kind: 'error'; readonly message: string };

/** `changes: [a, b]` is `{ paths: [a, b], compareTo: null }`. */
export interface ChangesClause {
  readonly paths: readonly string[];
  readonly compareTo: string | null;
}

/** `exists: [a, b]` is `{ paths: [a, b], project: null, ref: null }`. */
export interface ExistsClause {
  readonly paths: readonly string[];
  readonly project: string | null;
  readonly ref: string | null;
}

/**
 * What the caller knows about files. The same arguments must give the same paths throughout a compile, and both are called
 * once a job: answer from memory. Variables in the arguments are expanded.
 */
export interface FileSources {
  /** `compareTo` null: the pipeline's own changes. */
  readonly changed: (compareTo: string | null) => PathSource;
  readonly existing: (project: string | null, ref: string | null) => PathSource;
}

export type ClauseVerdict = boolean | { readonly error: string };

/** Comparisons of one path with one pattern, above which a clause counts as true without a look. Source: GitLab's limit. */
const MAX_COMPARISONS = 50_000;

export interface PathContext {
  readonly variables: VariableLookup;
  readonly files: FileSources;
  readonly cache: ConditionCache;
}

export function holdsChanges(clause: ChangesClause, context: PathContext): ClauseVerdict {
  const compareTo = clause.compareTo === null ? null : expandText(clause.compareTo, context.variables);
  const source = context.files.changed(compareTo);
  if (source.kind === 'unknown') return true;
  if (source.kind === 'error') return { error: source.message };
  const globs = expandGlobs(clause.paths, context.variables);
  const key = ['changes', compareTo ?? '', ...globs].join('\0');
  return context.cache.verdict(key, () => matchesAny(globs, source.paths, context.cache));
}

export function holdsExists(clause: ExistsClause, context: PathContext): ClauseVerdict {
  const project = clause.project === null ? null : expandText(clause.project, context.variables);
  const ref = clause.ref === null ? null : expandText(clause.ref, context.variables);
  const source = context.files.existing(project, ref);
  if (source.kind === 'unknown') return true;
  if (source.kind === 'error') return { error: source.message };
  const globs = expandGlobs(clause.paths, context.variables);
  const key = ['exists', project ?? '', ref ?? '', ...globs].join('\0');
  return context.cache.verdict(key, () => existsAny(globs, source.paths, context.cache));
}

function expandGlobs(globs: readonly string[], variables: VariableLookup): readonly string[] {
  return [...new Set(globs.map((glob) => expandText(glob, variables)))];
}

/** Names of files and of endings (`**` + `/*.ts`) are cheap and exact however many files there are; only other globs count. */
function existsAny(globs: readonly string[], paths: readonly string[], cache: ConditionCache): boolean {
  const literals = new Set(globs.filter(isLiteralGlob));
  const endings = globs.flatMap((glob) => /^\*\*\/\*(\.[^/*?[{\\]+)$/.exec(glob)?.[1] ?? []);
  const isPlain = (path: string) => literals.has(path) || endings.some((ending) => path.endsWith(ending));
  if ((literals.size > 0 || endings.length > 0) && paths.some(isPlain)) return true;
  const others = globs.filter((glob) => !isLiteralGlob(glob) && !/^\*\*\/\*\.[^/*?[{\\]+$/.test(glob));
  return matchesAny(others, paths, cache);
}

function matchesAny(globs: readonly string[], paths: readonly string[], cache: ConditionCache): boolean {
  if (globs.length * paths.length > MAX_COMPARISONS) return true;
  const matchers = globs.map((glob) => cache.glob(glob));
  return paths.some((path) => matchers.some((matches) => matches(path)));
}
