import { isDeepStrictEqual } from 'node:util';
import { parse, stringify, TomlError } from 'smol-toml';
import { Failure } from '../../base/index.ts';

type Document = Record<string, unknown>;
type Entry = Readonly<Record<string, unknown>>;

/**
 * Changes the text of a `config.toml` so that one `[[runners]]` comes, goes or changes, and all else stays as somebody has written it, remarks included. What
 * comes out says what it should, or the whole is written anew, without remarks.
 * @throws Failure `runner_config_broken`: it is no TOML
 */
export function appendEntry(text: string, entry: Entry): string {
  const before = read(text);
  const gap = text === '' || text.endsWith('\n\n') ? '' : text.endsWith('\n') ? '\n' : '\n\n';
  return checked(`${text}${gap}${stringify({ runners: [entry] })}`, {
    ...before,
    runners: [...entriesOf(before), entry],
  });
}

/** @param at which `[[runners]]`, from 0 */
export function removeEntry(text: string, at: number): string {
  const before = read(text);
  const lines = text.split(/(?<=\n)/);
  const block = blocksOf(lines)[at];
  const runners = entriesOf(before).filter((_, index) => index !== at);
  const { runners: _, ...others } = before;
  const wanted = runners.length === 0 ? others : { ...before, runners };
  if (block === undefined) return stringify(wanted);
  return checked([...lines.slice(0, block.from), ...lines.slice(block.to)].join(''), wanted);
}

/** Other values for some of its keys; undefined takes a key away. */
export function changeEntry(text: string, at: number, changes: Readonly<Record<string, unknown>>): string {
  const before = read(text);
  const runners = entriesOf(before).map((entry, index) => (index === at ? changed(entry, changes) : entry));
  const wanted = { ...before, runners };
  const lines = text.split(/(?<=\n)/);
  const block = blocksOf(lines)[at];
  if (block === undefined) return stringify(wanted);
  for (const [key, value] of Object.entries(changes)) setLine(lines, { ...block, key, value });
  return checked(lines.join(''), wanted);
}

function changed(entry: Entry, changes: Readonly<Record<string, unknown>>): Entry {
  return Object.fromEntries(Object.entries({ ...entry, ...changes }).filter(([, value]) => value !== undefined));
}

interface Block {
  /** Its `[[runners]]`. */
  readonly from: number;
  /** The first header below it, of its own tables too. */
  readonly keysTo: number;
  /** The first line that is no longer its own. */
  readonly to: number;
}

const HEADER = /^\s*\[{1,2}\s*(?:"runners"|runners)\s*(\.|\])/;

/** Where the entries stand, as far as the lines show. What looks like a header inside of a text of several lines is found out by `checked`. */
function blocksOf(lines: readonly string[]): readonly Block[] {
  const headers = lines.flatMap((line, at) => (/^\s*\[/.test(line) ? [at] : []));
  const isEntry = (at: number): boolean =>
    /^\s*\[\[/.test(lines[at] ?? '') && HEADER.exec(lines[at] ?? '')?.[1] === ']';
  const isBelow = (at: number): boolean => HEADER.exec(lines[at] ?? '')?.[1] === '.';
  return headers.filter(isEntry).map((from) => {
    const rest = headers.filter((at) => at > from);
    const [keysTo = lines.length] = rest;
    const to = rest.find((at) => !isBelow(at)) ?? lines.length;
    return { from, keysTo, to: withoutRemarks(lines, to, from) };
  });
}

/** Remarks right above a header are about what comes next. */
function withoutRemarks(lines: readonly string[], to: number, from: number): number {
  if (to === lines.length) return to;
  let end = to;
  while (end > from + 1 && /^\s*#/.test(lines[end - 1] ?? '')) end -= 1;
  return end;
}

function setLine(
  lines: string[],
  { from, keysTo, key, value }: Block & { readonly key: string; readonly value: unknown },
): void {
  const found = lines.findIndex((line, at) => at > from && at < keysTo && keyOf(line) === key);
  const indent = /^\s*/.exec(lines[from + 1] ?? '')?.[0].replace(/\n/, '') ?? '';
  const line = value === undefined ? '' : `${indent}${stringify({ [key]: value })}`;
  // One element of the list stays one line of the file, or none: the numbers of the others hold.
  if (found >= 0) lines[found] = line;
  else lines[from] = `${lines[from]}${line}`;
}

function keyOf(line: string): string | undefined {
  return /^\s*"?([A-Za-z0-9_-]+)"?\s*=/.exec(line)?.[1];
}

function checked(text: string, wanted: Document): string {
  try {
    if (isDeepStrictEqual(plain(parse(text)), plain(wanted))) return text;
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
  }
  return stringify(wanted);
}

/** Without the prototypes of the parser. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]));
}

function read(text: string): Document {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    throw new Failure('runner_config_broken', `line ${error.line}: ${error.message.split('\n')[0]}`);
  }
}

function entriesOf({ runners }: Document): readonly Entry[] {
  return Array.isArray(runners) ? runners : [];
}
