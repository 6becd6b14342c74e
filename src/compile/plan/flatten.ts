import { LIMITS } from '../limits.ts';

/**
 * Lists inside lists, from `!reference` and anchors, become one list.
 * null: nested too deep or too long, which a file can only be on purpose.
 */
export function flatten<T>(list: readonly unknown[], maxItems: number): readonly T[] | null {
  if (isFlat(list)) return plainList(list) as readonly T[];
  const flat: T[] = [];
  return pour(list, flat, maxItems, 0) ? flat : null;
}

function isFlat(list: readonly unknown[]): boolean {
  for (const item of list) if (Array.isArray(item)) return false;
  return true;
}

function pour(list: readonly unknown[], into: unknown[], maxItems: number, depth: number): boolean {
  if (depth > LIMITS.listDepth) return false;
  for (const item of list) {
    if (Array.isArray(item)) {
      if (!pour(item, into, maxItems, depth + 1)) return false;
    } else if (into.push(item) > maxItems) return false;
  }
  return true;
}

/** A plan is plain data: its lists are copies, because those of the file remember where they stand. */
export function plainList<T>(list: readonly T[] | null | undefined): readonly T[] {
  return list === null || list === undefined || list.length === 0 ? NONE : list.slice();
}

const NONE: readonly never[] = [];
