import { didYouMean } from '../../base/index.ts';
import { LIMITS } from '../limits.ts';
import type { Session } from '../session.ts';
import type { RootMap } from '../yaml/compose/compose.ts';
import {
  isInherited,
  isMapping,
  type List,
  MADE_OF,
  type Mapping,
  MERGED,
  ORIGIN,
  Reference,
  UNREADABLE,
} from '../yaml/mapping.ts';

/** A bound for the walk itself; chains this long have been reported long before. */
const MAX_OPEN = 1000;

interface Resolver {
  readonly session: Session;
  readonly root: RootMap;
  /** By identity: aliases and templates make one value appear in many places, and a reference target is often wanted again. */
  readonly done: Map<object, Resolved>;
  /** Templates with what jobs have inherited from them, resolved, so that those jobs still share it. */
  readonly bases: Map<Mapping, Mapping>;
  /** References being resolved right now, the outermost first. */
  readonly open: Reference[];
}

interface Resolved {
  readonly value: unknown;
  /** How many references lead through each other below here. */
  readonly depth: number;
  /** Values in it, each counted as often as it is reached. */
  readonly nodes: number;
}

/**
 * Puts in place of each `!reference [job, key, …]` the value it names, as that value stands after `extends`. What comes in by reference is
 * merged no further: to `extends`, a reference is a value like any text. Lists stay nested here and are flattened later, so that positions
 * keep pointing at the right item. What holds no reference is not copied.
 */
export function resolveReferences(root: RootMap, session: Session): RootMap {
  const resolver: Resolver = { session, root, done: new Map(), bases: new Map(), open: [] };
  const result: RootMap = new Map();
  for (const [key, written] of root) {
    const { value, nodes } = resolve(written, resolver);
    const isTooLarge = nodes > LIMITS.referencedNodes;
    if (isTooLarge) reportTooLarge(key, root, session);
    result.set(key, isTooLarge ? UNREADABLE : value);
  }
  result[MERGED] = [root];
  return result;
}

function reportTooLarge(key: string, root: RootMap, session: Session): void {
  const message = `with its references resolved "${key}" has more than ${LIMITS.referencedNodes} values`;
  session.problems.add({ code: 'too-many-values', message, path: key }, { node: root, key });
}

function resolve(value: unknown, resolver: Resolver): Resolved {
  if (typeof value !== 'object' || value === null) return { value, depth: 0, nodes: 1 };
  const done = resolver.done.get(value);
  if (done !== undefined) return done;
  const result = resolveObject(value, resolver);
  resolver.done.set(value, result);
  return result;
}

function resolveObject(value: object, resolver: Resolver): Resolved {
  if (value instanceof Reference)
    return value === UNREADABLE ? { value, depth: 0, nodes: 1 } : resolveReference(value, resolver);
  if (Array.isArray(value)) return resolveList(value, resolver);
  return isMapping(value) ? resolveMapping(value, resolver) : { value, depth: 0, nodes: 1 };
}

function resolveList(list: List, resolver: Resolver): Resolved {
  let copy: List | null = null;
  let deepest = 0;
  let count = 1;
  for (const [index, item] of list.entries()) {
    const { value, depth, nodes } = resolve(item, resolver);
    deepest = Math.max(deepest, depth);
    count += nodes;
    if (value === item) continue;
    if (copy === null) {
      copy = [...list];
      if (list[ORIGIN] !== undefined) copy[ORIGIN] = list[ORIGIN];
    }
    copy[index] = value;
  }
  return { value: copy ?? list, depth: deepest, nodes: count };
}

function resolveMapping(mapping: Mapping, resolver: Resolver): Resolved {
  let copy: Mapping | null = null;
  let deepest = 0;
  let count = 1;
  for (const key of Object.keys(mapping)) {
    const { value, depth, nodes } = resolve(mapping[key], resolver);
    deepest = Math.max(deepest, depth);
    count += nodes;
    if (value === mapping[key]) continue;
    copy ??= copyOf(mapping, resolver);
    copy[key] = value;
    const base = copy[MADE_OF]?.[1];
    if (base !== undefined && isInherited(mapping, key, mapping[key])) base[key] = value;
  }
  return { value: copy ?? mapping, depth: deepest, nodes: count };
}

function copyOf(mapping: Mapping, { bases }: Resolver): Mapping {
  const copy = { ...mapping };
  if (mapping[MADE_OF] === undefined) return copy;
  const [over, base] = mapping[MADE_OF];
  const known = bases.get(base) ?? { ...base };
  bases.set(base, known);
  copy[MADE_OF] = [over, known];
  return copy;
}

function resolveReference(reference: Reference, resolver: Resolver): Resolved {
  const { open, session } = resolver;
  const text = `!reference [${reference.path.join(', ')}]`;
  const fail = (code: string, message: string, hint: { hint?: string } = {}): Resolved => {
    session.problems.add({ code, message, ...hint }, { node: reference });
    return { value: UNREADABLE, depth: 0, nodes: 1 };
  };
  if (open.includes(reference)) return fail('reference-cycle', `${text} leads back to itself`);
  if (open.length > MAX_OPEN) return fail('reference-depth', `${text} is nested far too deep`);
  const target = lookUp(reference.path, resolver);
  if ('reason' in target) return fail('bad-reference', `${text}: ${target.reason}`, target.hint);
  open.push(reference);
  const { value, depth, nodes } = resolve(target.value, resolver);
  open.pop();
  if (depth < LIMITS.referenceDepth) return { value, depth: depth + 1, nodes };
  return fail('reference-depth', `${text} is nested more than ${LIMITS.referenceDepth} references deep`);
}

/** The value at a path, or why there is none. */
function lookUp(
  path: readonly unknown[],
  resolver: Resolver,
): { readonly value: unknown } | { readonly reason: string; readonly hint?: { hint?: string } } {
  if (path.length === 0) return { reason: 'needs the name of a job' };
  let value: unknown = resolver.root;
  for (const step of path) {
    // A path may lead through another reference.
    if (value instanceof Reference) value = resolve(value, resolver).value;
    if (value === UNREADABLE) return { value };
    if (typeof step !== 'string') return { reason: 'its parts must be texts; a number needs quotes' };
    if (value instanceof Map && value.has(step)) value = value.get(step);
    else if (isMapping(value) && Object.hasOwn(value, step)) value = value[step];
    // An `extends` that is still there could not be resolved: the key may well be in what it names.
    else if (isMapping(value) && value.extends !== undefined) return { value: UNREADABLE };
    else return { reason: `there is no "${step}"`, hint: didYouMean(step, keysOf(value)) };
  }
  return { value };
}

function keysOf(value: unknown): Iterable<string> {
  return value instanceof Map ? value.keys() : isMapping(value) ? Object.keys(value) : [];
}
