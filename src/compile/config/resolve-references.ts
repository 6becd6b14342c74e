import { LIMITS } from '../limits.ts';
import type { Session } from '../session.ts';
import type { RootMap } from '../yaml/compose.ts';
import { isMapping, type List, type Mapping, ORIGIN, Reference } from '../yaml/mapping.ts';

interface Resolver {
  readonly session: Session;
  readonly root: RootMap;
  readonly resolved: Map<object, unknown>;
  /** References being resolved right now, the outermost first. */
  readonly open: Reference[];
}

/**
 * Puts in place of each `!reference [job, key, …]` the value it names, as that value stands before `extends`. Lists stay nested here; script
 * and rules flatten them later, so that positions keep pointing at the right item. What holds no reference is not copied.
 */
export function resolveReferences(root: RootMap, session: Session): RootMap {
  const resolver: Resolver = { session, root, resolved: new Map(), open: [] };
  const result: RootMap = new Map();
  for (const [key, value] of root) result.set(key, resolve(value, resolver));
  return Object.assign(result, root);
}

function resolve(value: unknown, resolver: Resolver): unknown {
  if (typeof value !== 'object' || value === null) return value;
  // Aliases make one value appear in many places: look at each once.
  if (resolver.resolved.has(value)) return resolver.resolved.get(value);
  const depth = resolver.open.length;
  const result = resolveObject(value, resolver);
  if (depth === 0 || !(value instanceof Reference)) resolver.resolved.set(value, result);
  return result;
}

function resolveObject(value: object, resolver: Resolver): unknown {
  if (value instanceof Reference) return resolveReference(value, resolver);
  if (Array.isArray(value)) return resolveList(value, resolver);
  return isMapping(value) ? resolveMapping(value, resolver) : value;
}

function resolveList(list: List, resolver: Resolver): List {
  let copy: List | null = null;
  for (const [index, item] of list.entries()) {
    const result = resolve(item, resolver);
    if (result === item) continue;
    if (copy === null) {
      copy = [...list];
      if (list[ORIGIN] !== undefined) copy[ORIGIN] = list[ORIGIN];
    }
    copy[index] = result;
  }
  return copy ?? list;
}

function resolveMapping(mapping: Mapping, resolver: Resolver): Mapping {
  let copy: Mapping | null = null;
  for (const key of Object.keys(mapping)) {
    const result = resolve(mapping[key], resolver);
    if (result === mapping[key]) continue;
    copy ??= { ...mapping };
    copy[key] = result;
  }
  return copy ?? mapping;
}

function resolveReference(reference: Reference, resolver: Resolver): unknown {
  const { open, session } = resolver;
  const text = `!reference [${reference.path.join(', ')}]`;
  const report = (code: string, message: string, hint?: string) => {
    session.problems.add({ code, message, ...(hint === undefined ? {} : { hint }) }, { node: reference });
    return null;
  };
  if (open.includes(reference)) return report('reference-cycle', `${text} leads back to itself`);
  if (open.length >= LIMITS.referenceDepth) {
    return report('reference-depth', `${text} is nested more than ${LIMITS.referenceDepth} references deep`);
  }
  const target = lookUp(reference.path, resolver);
  if (typeof target === 'string') return report('bad-reference', `${text}: ${target}`);
  open.push(reference);
  const result = resolve(target.value, resolver);
  open.pop();
  return result;
}

/** The value at a path, or why there is none. */
function lookUp(path: readonly unknown[], resolver: Resolver): { readonly value: unknown } | string {
  if (path.length < 2) return 'needs a job and at least one key';
  let value: unknown = resolver.root;
  for (const step of path) {
    // A path may lead through another reference.
    if (value instanceof Reference) value = resolve(value, resolver);
    const key = typeof step === 'string' || typeof step === 'number' ? String(step) : null;
    if (key === null) return 'its parts must be names';
    if (value instanceof Map && value.has(key)) value = value.get(key);
    else if (isMapping(value) && Object.hasOwn(value, key)) value = value[key];
    else if (Array.isArray(value) && typeof step === 'number' && step in value) value = value[step];
    else return `there is no "${key}"`;
  }
  return { value };
}
