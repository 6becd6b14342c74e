import { EVENT_ID, type Event, getScalarValue, SCALAR_STYLE } from 'js-yaml';
import { invariant, type Position } from '../../base/index.ts';
import { MADE_OF, type Mapping, ORIGIN } from './mapping.ts';

/**
 * One file that was read. Positions cost nothing until a problem asks for one: a list or mapping only remembers the number of the event
 * that opened it, and everything else is found by walking the events again.
 */
export interface SourceFile {
  readonly name: string;
  readonly text: string;
  readonly events: readonly Event[];
  /** Number of this file's first event among the events of all files. */
  readonly firstEvent: number;
}

/** A list or mapping, or one key or item of it. `part` says which side of a pair is meant. */
export interface Place {
  readonly node: unknown;
  readonly key?: string | number;
  readonly part?: 'key' | 'value';
}

export class SourceMap {
  private readonly files: SourceFile[] = [];
  private nextEvent = 0;
  private readonly lineStarts = new Map<SourceFile, readonly number[]>();
  private readonly rootKeys = new Map<SourceFile, ReadonlyMap<string, number>>();

  add(name: string, text: string, events: readonly Event[]): SourceFile {
    const file = { name, text, events, firstEvent: this.nextEvent };
    this.files.push(file);
    this.nextEvent += events.length;
    return file;
  }

  /** Where a place is; null when nothing of it came from a file. */
  locate(place: Place): Position | null {
    const found = findKey(this, place) ?? findNode(place.node);
    if (found === null) return null;
    const file = this.fileOf(found);
    return this.position(file, startOfEvent(file, found - file.firstEvent));
  }

  position(file: SourceFile, offset: number): Position {
    const starts = this.lineStartsOf(file);
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { file: file.name, line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  }

  /** The events of the keys of a document's root. Kept, because a file with thousands of jobs may have thousands of problems. */
  rootKeysOf(file: SourceFile, opening: number): ReadonlyMap<string, number> {
    const known = this.rootKeys.get(file);
    if (known) return known;
    const keys = new Map<string, number>();
    for (let at = opening + 1; at < file.events.length; at = skipNode(file.events, skipNode(file.events, at))) {
      const event = file.events[at];
      if (event === undefined || event.type === EVENT_ID.POP) break;
      const text = keyText(file, event);
      if (text !== null) keys.set(text, at);
    }
    this.rootKeys.set(file, keys);
    return keys;
  }

  fileOf(event: number): SourceFile {
    const file = this.files.findLast((candidate) => candidate.firstEvent <= event);
    invariant(file, 'a node points at an event of no file');
    return file;
  }

  private lineStartsOf(file: SourceFile): readonly number[] {
    const known = this.lineStarts.get(file);
    if (known) return known;
    const starts = [0];
    for (let at = file.text.indexOf('\n'); at !== -1; at = file.text.indexOf('\n', at + 1)) starts.push(at + 1);
    this.lineStarts.set(file, starts);
    return starts;
  }
}

function findNode(node: unknown): number | null {
  if (typeof node !== 'object' || node === null) return null;
  const { [ORIGIN]: origin, [MADE_OF]: parts } = node as Mapping;
  if (origin !== undefined) return origin;
  for (const part of parts ?? []) {
    const found = findNode(part);
    if (found !== null) return found;
  }
  return null;
}

/** The event of one key or item, wherever the merged mapping got it from. */
function findKey(map: SourceMap, place: Place): number | null {
  const { node, key } = place;
  if (key === undefined || typeof node !== 'object' || node === null) return null;
  const { [ORIGIN]: origin, [MADE_OF]: parts } = node as Mapping;
  if (origin !== undefined) {
    const file = map.fileOf(origin);
    const opening = origin - file.firstEvent;
    const child = node instanceof Map ? findRootChild(map, file, opening, place) : findChild(file, opening, place);
    if (child !== null) return file.firstEvent + child;
  }
  for (const part of parts ?? []) {
    const found = findKey(map, { ...place, node: part });
    if (found !== null) return found;
  }
  return null;
}

function findRootChild(map: SourceMap, file: SourceFile, opening: number, place: Place): number | null {
  const at = map.rootKeysOf(file, opening).get(String(place.key));
  if (at === undefined) return null;
  return place.part === 'value' && hasOwnPlace(file.events[at + 1]) ? at + 1 : at;
}

function findChild(file: SourceFile, opening: number, { key, part }: Place): number | null {
  const isList = file.events[opening]?.type === EVENT_ID.SEQUENCE;
  let last: number | null = null;
  let item = 0;
  for (let at = opening + 1; at < file.events.length; item++) {
    const event = file.events[at];
    if (event === undefined || event.type === EVENT_ID.POP) break;
    if (isList) {
      if (item === key) return at;
      at = skipNode(file.events, at);
      continue;
    }
    const value = skipNode(file.events, at);
    // The last of two equal keys is the one that counts.
    if (keyText(file, event) === key) last = part === 'value' && hasOwnPlace(file.events[value]) ? value : at;
    at = skipNode(file.events, value);
  }
  return last;
}

/** An empty value (`key:`) stands nowhere; its key does. */
function hasOwnPlace(event: Event | undefined): boolean {
  return event !== undefined && !(event.type === EVENT_ID.SCALAR && event.valueStart < 0 && event.anchorStart < 0);
}

export function keyText(file: Pick<SourceFile, 'text'>, event: Event): string | null {
  return event.type === EVENT_ID.SCALAR ? getScalarValue(file.text, event) : null;
}

/** The index after the node that starts at `at`. */
export function skipNode(events: readonly Event[], at: number): number {
  let depth = 0;
  let index = at;
  do {
    const type = events[index]?.type;
    if (type === EVENT_ID.SEQUENCE || type === EVENT_ID.MAPPING || type === EVENT_ID.DOCUMENT) depth++;
    else if (type === EVENT_ID.POP) depth--;
    index++;
  } while (depth > 0 && index < events.length);
  return index;
}

/** Offset of the first character that belongs to a node, its tag, quote or block mark included. */
export function startOfEvent(file: Pick<SourceFile, 'text' | 'events'>, index: number): number {
  const event = file.events[index];
  if (event === undefined || event.type === EVENT_ID.DOCUMENT || event.type === EVENT_ID.POP) return 0;
  // The events exclude the `&` and `*` themselves.
  if (event.type === EVENT_ID.ALIAS) return event.anchorStart - 1;
  if (event.tagStart >= 0) return event.tagStart;
  if (event.anchorStart >= 0) return event.anchorStart - 1;
  if (event.type !== EVENT_ID.SCALAR) return event.start;
  if (event.valueStart < 0) return index === 0 ? 0 : startOfEvent(file, index - 1);
  if (event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED)
    return event.valueStart - 1;
  if (event.style === SCALAR_STYLE.PLAIN) return event.valueStart;
  return startOfBlock(file.text, event.valueStart);
}

/** A block scalar's text begins on the line after its `|` or `>`. */
function startOfBlock(text: string, contentStart: number): number {
  const lineEnd = text.lastIndexOf('\n', contentStart - 1);
  const lineStart = text.lastIndexOf('\n', lineEnd - 1) + 1;
  const mark = /[|>][-+0-9]*[ \t]*(?:#.*)?\r?$/.exec(text.slice(lineStart, lineEnd));
  return mark === null ? contentStart : lineStart + mark.index;
}
