import type { RootMap } from '../yaml/compose/compose.ts';
import { isMapping, MADE_OF, type Mapping, MERGED, ORIGIN, overlay } from '../yaml/mapping.ts';

/**
 * One job on top of another, as `extends` and `include` want it: mappings merge at every depth, everything else is replaced. Nothing that
 * both sides share is copied. A hook is replaced whole: an inherited `exec` beside an own `http_get` would make two handlers.
 */
export function mergeJobs(base: Mapping, over: Mapping): Mapping {
  const merged: Mapping = { ...base };
  for (const key in over) {
    if (key === 'extends') continue;
    const value = over[key];
    const inherited = base[key];
    if (typeof value !== 'object' || !isMapping(value) || !isMapping(inherited)) merged[key] = value;
    else merged[key] = key === 'hooks' ? overlay(inherited, value) : deepMerge(inherited, value);
  }
  return remember(merged, base, over);
}

export function deepMerge(base: Mapping, over: Mapping): Mapping {
  if (base === over) return over;
  const merged: Mapping = { ...base };
  for (const key in over) {
    const value = over[key];
    const inherited = base[key];
    const both = typeof value === 'object' && isMapping(value) && isMapping(inherited);
    merged[key] = both ? deepMerge(inherited, value) : value;
  }
  return remember(merged, base, over);
}

/** One file on top of another. Keys that are mappings in both are merged as jobs are; `extends` of the upper one counts. */
export function mergeRoots(base: RootMap, over: RootMap): RootMap {
  const merged: RootMap = new Map(base);
  for (const [key, value] of over) {
    const inherited = base.get(key);
    merged.set(key, isMapping(value) && isMapping(inherited) ? mergeEntries(inherited, value) : value);
  }
  merged[MERGED] = [over, base];
  return merged;
}

function mergeEntries(base: Mapping, over: Mapping): Mapping {
  const merged = mergeJobs(base, over);
  if (over.extends !== undefined) merged.extends = over.extends;
  return merged;
}

/** For positions: the merged mapping stands where the upper one does, and its keys are looked for in both. */
function remember(merged: Mapping, base: Mapping, over: Mapping): Mapping {
  const origin = over[ORIGIN] ?? base[ORIGIN];
  if (origin !== undefined) merged[ORIGIN] = origin;
  merged[MADE_OF] = [over, base];
  return merged;
}
