import { didYouMean } from '../../base/index.ts';
import { LIMITS } from '../limits.ts';
import type { Session } from '../session.ts';
import type { RootMap } from '../yaml/compose/compose.ts';
import { isMapping, type Mapping, MERGED, Reference, UNREADABLE } from '../yaml/mapping.ts';
import type { Place } from '../yaml/source-map.ts';
import { mergeJobs } from './merge.ts';
import { isReserved } from './root-keys.ts';

interface Entry {
  readonly job: Mapping;
  /** How many `extends` lie below it. */
  readonly depth: number;
}

interface Resolver {
  readonly session: Session;
  readonly root: RootMap;
  readonly done: Map<string, Entry>;
  readonly open: string[];
}

/** Merges every job with the jobs it extends; later parents win over earlier ones, the job itself wins over all. */
export function resolveExtends(root: RootMap, session: Session): RootMap {
  const resolver: Resolver = { session, root, done: new Map(), open: [] };
  const result: RootMap = new Map();
  for (const [name, value] of root) {
    const extendsNothing = !isMapping(value) || value.extends === undefined || isReserved(name);
    result.set(
      name,
      extendsNothing ? value : (extendKnown(value, resolver) ?? resolveEntry(name, value, resolver)).job,
    );
  }
  result[MERGED] = [root];
  return result;
}

/** The usual case, in which nothing can go wrong any more: one parent, which is resolved already. */
function extendKnown(own: Mapping, { done }: Resolver): Entry | null {
  const base = typeof own.extends === 'string' ? done.get(own.extends) : undefined;
  if (base === undefined || base.depth >= LIMITS.extendsDepth || base.job.extends !== undefined) return null;
  return { job: mergeJobs(base.job, own), depth: base.depth + 1 };
}

function resolveEntry(name: string, own: Mapping, resolver: Resolver): Entry {
  const done = resolver.done.get(name);
  if (done !== undefined) return done;
  const entry =
    own.extends === undefined || own.extends === null ? { job: own, depth: 0 } : extendEntry(name, own, resolver);
  resolver.done.set(name, entry);
  return entry;
}

function extendEntry(name: string, own: Mapping, resolver: Resolver): Entry {
  const parents = parentsOf(name, own, resolver.session);
  resolver.open.push(name);
  let merged: Mapping | null = null;
  let depth = 0;
  let isIncomplete = parents.length === 0 && !Array.isArray(own.extends);
  for (const { parent, place } of parents) {
    const base = resolveParent(name, parent, place, resolver);
    isIncomplete ||= base === null || base.job.extends !== undefined;
    if (base === null) continue;
    merged = merged === null ? base.job : mergeJobs(merged, base.job);
    depth = Math.max(depth, base.depth + 1);
  }
  resolver.open.pop();
  if (depth === LIMITS.extendsDepth + 1) reportDepth(name, own, resolver.session);
  const job = mergeJobs(merged ?? {}, own);
  // Kept as a mark: what this job lacks may be in the parent that could not be found.
  if (isIncomplete) job.extends = name;
  return { job, depth };
}

function reportDepth(name: string, own: Mapping, session: Session): void {
  const message = `job "${name}": extends is nested more than ${LIMITS.extendsDepth} levels deep`;
  const finding = { code: 'extends-depth', message, path: `jobs.${name}.extends` };
  session.problems.add(finding, { node: own, key: 'extends' });
}

function parentsOf(name: string, own: Mapping, session: Session): readonly { parent: string; place: Place }[] {
  const { extends: value } = own;
  const parents = Array.isArray(value) ? value : [value];
  if (parents.every((parent) => typeof parent === 'string')) {
    return parents.map((parent, index) => ({
      parent,
      place: Array.isArray(value) ? { node: value, key: index } : { node: own, key: 'extends', part: 'value' },
    }));
  }
  const message = `job "${name}": extends must be the name of a job or a list of names`;
  session.problems.add(
    { code: 'bad-value', message, path: `jobs.${name}.extends` },
    { node: own, key: 'extends', part: 'value' },
  );
  return [];
}

function resolveParent(name: string, parent: string, place: Place, resolver: Resolver): Entry | null {
  const { session, root, open } = resolver;
  const path = `jobs.${name}.extends`;
  const own = isReserved(parent) ? undefined : root.get(parent);
  if (own === undefined) {
    const known = [...root.keys()].filter((key) => !isReserved(key));
    const message = `job "${name}" extends "${parent}", which does not exist`;
    session.problems.add({ code: 'unknown-extends', message, path, ...didYouMean(parent, known) }, place);
    return null;
  }
  if (own === UNREADABLE) return null;
  if (!isMapping(own)) {
    const hint =
      own instanceof Reference ? { hint: 'extends comes before !reference: extend the job that it names' } : {};
    const message = `job "${name}" extends "${parent}", which is not a job`;
    session.problems.add({ code: 'bad-extends', message, path, ...hint }, place);
    return null;
  }
  if (open.includes(parent)) {
    const circle = [...open.slice(open.indexOf(parent)), parent].join(' → ');
    session.problems.add({ code: 'extends-cycle', message: `extends goes round in a circle: ${circle}`, path }, place);
    return null;
  }
  return resolveEntry(parent, own, resolver);
}
