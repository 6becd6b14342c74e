/** Where a list or mapping stands: a number that `SourceMap.place` turns into a file and a position. */
export const ORIGIN: unique symbol = Symbol('origin');
/** Of a mapping that was laid over another: the upper and the lower one. Positions of its keys are looked up there. */
export const MADE_OF: unique symbol = Symbol('made of');
/** Of a mapping with merge keys (`<<`): the mappings that were merged, the winning one first. */
export const MERGED: unique symbol = Symbol('merged');
/** Of a list that was made by flattening another: where each of its items stands. */
export const FLAT_OF: unique symbol = Symbol('flat of');

/** Of a mapping into which inputs were put: how a key stands in the file, by what it has become. Others are as they were. */
export const WRITTEN: unique symbol = Symbol('written');

/** A YAML mapping below the root of a document. Plain, so that shape checks and callers see an ordinary object. */
export interface Mapping {
  [key: string]: unknown;
  [ORIGIN]?: number;
  [MADE_OF]?: readonly [over: Mapping, base: Mapping];
  [MERGED]?: readonly Mapping[];
  [WRITTEN]?: ReadonlyMap<string, string>;
}

export type List = unknown[] & { [ORIGIN]?: number; [FLAT_OF]?: readonly ItemPlace[] };

/** Where an item of a list stands: in which list or mapping, and under which index or key of it. */
export interface ItemPlace {
  readonly node: unknown;
  readonly key: string | number;
}

/** `!reference [job, key, …]`, until it is resolved. */
export class Reference {
  readonly path: readonly unknown[];
  readonly [ORIGIN]: number;

  constructor(path: readonly unknown[], origin: number) {
    this.path = path;
    this[ORIGIN] = origin;
  }
}

/** Stands for a value that could not be had. Whoever puts it there has reported why; nobody complains about it again. */
export const UNREADABLE = new Reference([], -1);

export function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/** `over` on top of `base`, one level deep, remembering both for positions. */
export function overlay(base: Mapping, over: Mapping): Mapping {
  return { ...base, ...over, [MADE_OF]: [over, base] };
}

/** Whether a merged mapping has this very value from what it was merged onto, so that others are likely to share it. */
export function isInherited(mapping: object, key: string, value: unknown): boolean {
  return (mapping as Mapping)[MADE_OF]?.[1]?.[key] === value;
}
