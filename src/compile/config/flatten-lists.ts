import { LIMITS } from '../limits.ts';
import type { Session } from '../session.ts';
import { FLAT_OF, type ItemPlace, isMapping, type List, type Mapping, overlay } from '../yaml/mapping.ts';

/** Keywords beside `script` and `rules` whose lists GitLab flattens. In others (`tags`, `paths`, …) a list in a list is a mistake. */
const FLATTENED = ['needs', 'cache', 'services'] as const;

/** A job, or `default`, whose lists hold no lists. What is flat already is not copied. */
export function flattenJob(config: Mapping, session: Session): Mapping {
  let flat: Mapping | null = null;
  for (const key of FLATTENED) {
    const value = config[key];
    const list = key === 'needs' && isMapping(value) ? listOfOne({ node: config, key }, value) : value;
    const changed = Array.isArray(list) ? flattenList(list, session) : list;
    if (changed === value) continue;
    flat ??= {};
    flat[key] = changed;
  }
  return flat === null ? config : overlay(config, flat);
}

/** Needs of a rule: as those of a job. */
export function flattenNeeds<T>(rule: object, needs: readonly T[], session: Session): readonly T[] {
  const list: unknown[] = isMapping(needs) ? listOfOne({ node: rule, key: 'needs' }, needs) : (needs as List);
  return flattenList(list, session) as readonly T[];
}

function listOfOne(place: ItemPlace, value: unknown): List {
  const list: List = [value];
  list[FLAT_OF] = [place];
  return list;
}

/** Puts the items of inner lists in their place and leaves nulls out. The items remember where they stand. */
export function flattenList<T extends readonly unknown[]>(list: T, session: Session): T {
  if (list.every(isItem)) return list;
  const places: ItemPlace[] = [];
  if (!pour(list, places, 0)) {
    const message = `lists are nested more than ${LIMITS.listDepth} deep or have more than ${LIMITS.listItems} items`;
    session.problems.add({ code: 'list-too-deep', message }, { node: list });
    return [] as readonly unknown[] as T;
  }
  const flat: List = places.map(({ node, key }) => (node as List)[key as number]);
  flat[FLAT_OF] = places;
  return flat as readonly unknown[] as T;
}

function isItem(value: unknown): boolean {
  return value !== null && !Array.isArray(value);
}

function pour(list: readonly unknown[], into: ItemPlace[], depth: number): boolean {
  if (depth > LIMITS.listDepth) return false;
  for (const [key, item] of list.entries()) {
    if (Array.isArray(item)) {
      if (!pour(item, into, depth + 1)) return false;
    } else if (item !== null && into.push({ node: list, key }) > LIMITS.listItems) return false;
  }
  return true;
}
