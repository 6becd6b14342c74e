import { EVENT_ID, type Event } from 'js-yaml';
import { invariant, type Position } from '../../base/index.ts';
import { type EventText, keyText, skipNode, standsSomewhere, startOfEvent } from './events.ts';
import { FLAT_OF, type List, MADE_OF, type Mapping, MERGED, ORIGIN, WRITTEN } from './mapping.ts';
import { parse } from './parse.ts';

/**
 * One file that was read, or a piece of a large one. Positions cost nothing until a problem asks for one: a list or mapping only remembers the number of the event
 * that opened it. The events themselves, ten times the size of the text, are not kept: the text is parsed again when a position is wanted.
 */
export interface SourceFile {
  readonly name: string;
  readonly text: string;
  /** Of the file that this is a piece of, and where in it the piece starts. */
  readonly lineStarts: () => readonly number[];
  readonly start: number;
  /** Number of this file's first event among the events of all files. */
  readonly firstEvent: number;
}

/** A list or mapping, or one key or item of it. `part` says which side of a pair is meant. */
export interface Place {
  readonly node: unknown;
  readonly key?: string | number;
  readonly part?: 'key' | 'value';
}

/** Files of one compile, and the way from a value back to its place in them. */
export class SourceMap {
  private readonly files: SourceFile[] = [];
  private nextEvent = 0;
  private readonly details = new Map<SourceFile, FileDetails>();

  add(piece: Omit<SourceFile, 'firstEvent'>, eventCount: number): SourceFile {
    const file = { ...piece, firstEvent: this.nextEvent };
    this.files.push(file);
    this.nextEvent += eventCount;
    return file;
  }

  /** Whether any file holds this text. */
  contain(text: string): boolean {
    return this.files.some((file) => file.text.includes(text));
  }

  /** Where a place is; null when nothing of it came from a file. */
  locate(place: Place): Position | null {
    const found = this.findKey(place) ?? findNode(place.node);
    if (found === null) return null;
    const file = this.fileOf(found);
    const details = this.detailsOf(file);
    return details.position(startOfEvent(details, found - file.firstEvent));
  }

  /** The event of one key or item, wherever the merged mapping got it from. */
  private findKey(place: Place): number | null {
    const { node, key } = place;
    if (key === undefined || typeof node !== 'object' || node === null) return null;
    const item = typeof key === 'number' ? (node as List)[FLAT_OF]?.[key] : undefined;
    if (item !== undefined) return this.findKey({ part: 'value', ...place, ...item });
    const { [ORIGIN]: origin, [WRITTEN]: written } = node as Mapping;
    // A key that inputs made is looked for as it stands in the file.
    const sought = { ...place, key: (typeof key === 'string' ? written?.get(key) : undefined) ?? key };
    if (origin !== undefined) {
      const file = this.fileOf(origin);
      const details = this.detailsOf(file);
      const opening = origin - file.firstEvent;
      const child = node instanceof Map ? findRootChild(details, opening, sought) : findChild(details, opening, sought);
      if (child !== null) return file.firstEvent + child;
    }
    for (const part of partsOf(node as Mapping)) {
      const found = this.findKey({ ...sought, node: part });
      if (found !== null) return found;
    }
    return null;
  }

  private fileOf(event: number): SourceFile {
    const file = this.files.findLast((candidate) => candidate.firstEvent <= event);
    invariant(file, 'a node points at an event of no file');
    return file;
  }

  private detailsOf(file: SourceFile): FileDetails {
    const known = this.details.get(file);
    if (known) return known;
    const details = readDetails(file, parse(file.text));
    this.details.set(file, details);
    return details;
  }
}

/** What is worked out about a file when the first of its problems asks for a position. */
export interface FileDetails extends EventText {
  position(offset: number): Position;
  /** The events of the keys of the document's root: a file with thousands of jobs may have thousands of problems. */
  rootKeys(opening: number): ReadonlyMap<string, number>;
}

export function readDetails(file: SourceFile, events: readonly Event[]): FileDetails {
  const { name, text } = file;
  let keys: ReadonlyMap<string, number> | undefined;
  return {
    text,
    events,
    position(offset) {
      const starts = file.lineStarts();
      const line = lineAt(starts, file.start + offset);
      return { file: name, line: line + 1, column: file.start + offset - (starts[line] ?? 0) + 1 };
    },
    rootKeys: (opening) => (keys ??= keysOf({ text, events }, opening)),
  };
}

/** The offsets at which the lines of a text start, worked out when they are first asked for. */
export function lineStarts(text: string): () => readonly number[] {
  let starts: number[] | undefined;
  return () => {
    if (starts !== undefined) return starts;
    starts = [0];
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
    return starts;
  };
}

function lineAt(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

function keysOf({ text, events }: EventText, opening: number): ReadonlyMap<string, number> {
  const keys = new Map<string, number>();
  for (let at = opening + 1; at < events.length; at = skipNode(events, skipNode(events, at))) {
    const event = events[at];
    if (event === undefined || event.type === EVENT_ID.POP) break;
    const key = keyText(text, event);
    if (key !== null) keys.set(key, at);
  }
  return keys;
}

function partsOf(node: Mapping): readonly Mapping[] {
  const { [MADE_OF]: layers, [MERGED]: merged } = node;
  return [...(layers ?? []), ...(merged ?? [])];
}

function findNode(node: unknown): number | null {
  if (typeof node !== 'object' || node === null) return null;
  const { [ORIGIN]: origin } = node as Mapping;
  if (origin !== undefined) return origin;
  for (const part of partsOf(node as Mapping)) {
    const found = findNode(part);
    if (found !== null) return found;
  }
  return null;
}

function findRootChild(details: FileDetails, opening: number, { key, part }: Place): number | null {
  const at = details.rootKeys(opening).get(String(key));
  if (at === undefined) return null;
  return part === 'value' && standsSomewhere(details.events[at + 1]) ? at + 1 : at;
}

function findChild({ text, events }: EventText, opening: number, { key, part }: Place): number | null {
  if (events[opening]?.type === EVENT_ID.SEQUENCE) return findItem(events, opening, Number(key));
  let found: number | null = null;
  for (let at = opening + 1; at < events.length; ) {
    const event = events[at];
    if (event === undefined || event.type === EVENT_ID.POP) break;
    const value = skipNode(events, at);
    // The last of two equal keys is the one that counts.
    if (keyText(text, event) === key) found = part === 'value' && standsSomewhere(events[value]) ? value : at;
    at = skipNode(events, value);
  }
  return found;
}

function findItem(events: readonly Event[], opening: number, index: number): number | null {
  let at = opening + 1;
  for (let item = 0; item < index && at < events.length && events[at]?.type !== EVENT_ID.POP; item++)
    at = skipNode(events, at);
  return at < events.length && events[at]?.type !== EVENT_ID.POP ? at : null;
}
