import { LIMITS } from '../limits.ts';
import type { Session } from '../session.ts';
import type { RootMap } from '../yaml/compose/compose.ts';
import { YamlFloat } from '../yaml/compose/yaml-float.ts';
import { isMapping, type List, type Mapping, MERGED, ORIGIN, Reference, UNREADABLE, WRITTEN } from '../yaml/mapping.ts';
import type { Place } from '../yaml/source-map.ts';
import { type BlockValue, evaluateBlock } from './evaluate-block.ts';

const BLOCK = /\$\[\[\s*(\S|\S.*?\S)\s*\]\]/g;

interface Filler {
  readonly values: ReadonlyMap<string, unknown>;
  readonly session: Session;
  /** By identity: an alias stands for the same value in many places. */
  readonly done: Map<object, unknown>;
  readonly blocks: Map<string, BlockValue>;
  /** Characters of text and values of lists that may still be put in. */
  room: number;
}

/**
 * Puts inputs in place of `$[[ inputs.NAME ]]`, in keys and values. A block that is a whole value keeps the type of its input; inside of a text it becomes
 * text. What holds no block is not copied, and what comes in is not looked at again.
 */
export function interpolate(root: RootMap, values: ReadonlyMap<string, unknown>, session: Session): RootMap {
  const filler: Filler = { values, session, done: new Map(), blocks: new Map(), room: LIMITS.interpolated };
  const filled: RootMap = new Map();
  const written = new Map<string, string>();
  for (const [key, value] of root) {
    const name = fillKey(key, { node: root, key, part: 'key' }, filler);
    if (name !== key) written.set(name, key);
    if (filled.has(name)) reportDuplicate(name, { node: root, key, part: 'key' }, session);
    filled.set(name, fill(value, { node: root, key, part: 'value' }, filler));
  }
  if (root[ORIGIN] !== undefined) filled[ORIGIN] = root[ORIGIN];
  if (root[MERGED] !== undefined) filled[MERGED] = root[MERGED];
  filled[WRITTEN] = written;
  return filled;
}

function fill(value: unknown, place: Place, filler: Filler): unknown {
  if (typeof value === 'string') return value.includes('$[[') ? fillText(value, place, filler) : value;
  if (typeof value !== 'object' || value === null || value === UNREADABLE) return value;
  const known = filler.done.get(value);
  if (known !== undefined) return known;
  const filled = fillObject(value, filler);
  filler.done.set(value, filled);
  return filled;
}

function fillObject(value: object, filler: Filler): unknown {
  if (Array.isArray(value)) return fillList(value, filler);
  if (value instanceof Reference) {
    const path = fillList([...value.path], filler, value);
    return path.every((part, index) => part === value.path[index]) ? value : new Reference(path, value[ORIGIN]);
  }
  return isMapping(value) ? fillMapping(value, filler) : value;
}

function fillList(list: List, filler: Filler, node: object = list): List {
  const filled: List = list.map((item, key) => fill(item, { node, key }, filler));
  if (filled.every((item, index) => item === list[index])) return list;
  if (list[ORIGIN] !== undefined) filled[ORIGIN] = list[ORIGIN];
  return filled;
}

function fillMapping(mapping: Mapping, filler: Filler): Mapping {
  const written = new Map<string, string>();
  let isSame = true;
  const entries = Object.keys(mapping).map((key) => {
    const name = fillKey(key, { node: mapping, key, part: 'key' }, filler);
    const value = fill(mapping[key], { node: mapping, key, part: 'value' }, filler);
    if (name !== key) written.set(name, key);
    isSame &&= name === key && value === mapping[key];
    return [name, value] as const;
  });
  if (isSame) return mapping;
  const filled: Mapping = Object.fromEntries(entries);
  if (mapping[ORIGIN] !== undefined) filled[ORIGIN] = mapping[ORIGIN];
  if (mapping[MERGED] !== undefined) filled[MERGED] = mapping[MERGED];
  if (written.size > 0) filled[WRITTEN] = written;
  return filled;
}

function fillKey(key: string, place: Place, filler: Filler): string {
  if (!key.includes('$[[')) return key;
  const filled = fillText(key, place, filler);
  return filled === UNREADABLE ? key : textOf(filled);
}

function fillText(text: string, place: Place, filler: Filler): unknown {
  const whole = [...text.matchAll(BLOCK)].find(([block]) => block.length === text.length);
  if (whole !== undefined) return inputOf(whole[0], whole[1] ?? '', place, filler) ?? text;
  return text.replace(BLOCK, (block: string, inside: string) => {
    const value = inputOf(block, inside, place, filler);
    if (value === UNREADABLE) return '';
    return value === undefined ? block : textOf(value);
  });
}

/** undefined: the block stays as it is. UNREADABLE: it is wrong, and whoever meets it need not say so again. */
function inputOf(block: string, inside: string, place: Place, filler: Filler): unknown {
  const { blocks, session } = filler;
  const found = blocks.get(block) ?? evaluateBlock(inside, filler.values, session);
  blocks.set(block, found);
  if (found.kind === 'other') return undefined;
  if (found.kind === 'wrong') {
    const { reason, hint } = found;
    session.problems.add({ code: 'bad-interpolation', message: `${block}: ${reason}`, ...(hint && { hint }) }, place);
    return UNREADABLE;
  }
  if (filler.room < 0) return UNREADABLE;
  filler.room -= textOf(found.value).length;
  if (filler.room >= 0) return found.value;
  const message = `the inputs put more than ${LIMITS.interpolated / 1024 / 1024} MiB into the file`;
  session.problems.add({ code: 'too-many-values', message }, place);
  return UNREADABLE;
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return value instanceof YamlFloat ? value.toString() : JSON.stringify(value);
}

function reportDuplicate(key: string, place: Place, { problems }: Session): void {
  const message = `the key "${key}" stands here a second time; only this one counts`;
  problems.add({ code: 'duplicate-key', message, severity: 'warning' }, place);
}
