import type { Line, Part, Shape } from './read-recorded.ts';

/** One thing that our runner does otherwise. */
export interface Difference {
  /** A kind of request, or a part of the recording. */
  readonly where: string;
  readonly what: string;
}

/** What kind of request it is; the calls of a part are put side by side by it. */
export function kindOf({ ask, words }: Line): string {
  const name = ask.replace('/api/v4', '').replace(/\?.*/, '');
  return words?.state === undefined ? name : `${name} ${words.state === 'running' ? 'running' : 'result'}`;
}

/** @param info the shape of `info` where a part says that it is as it was */
export function comparePart(part: Part, ours: readonly Line[], info: Shape): readonly Difference[] {
  const recorded = folded(part.requests.map((line) => spelledOut(line, info)));
  const said = folded(ours);
  const pairs = aligned(recorded, said);
  return pairs.flatMap(([theirs, own]) => {
    // A piece more: the log grew while something else was done.
    if (theirs === null && own !== null && isChance(own)) return [];
    if (own === null) return theirs === null ? [] : [{ where: part.part, what: `is not said: ${stepOf(theirs)}` }];
    if (theirs === null) return [{ where: part.part, what: `is said besides: ${stepOf(own)}` }];
    return compareLines(theirs, own, part.part);
  });
}

/** Headers are the same for every request of a kind; what is in its body belongs to what happened in that part. */
export function compareLines(theirs: Line, own: Line, part: string): readonly Difference[] {
  const kind = kindOf(theirs);
  const inPart = (what: string): Difference => ({ where: part, what: `${kind}: ${what}` });
  const value = (name: string, a: unknown, b: unknown) => (a === b ? [] : [inPart(`${name} is ${b}, not ${a}`)]);
  return [
    ...sets(theirs.headers.split(' '), own.headers.split(' ')).map(([name, isSent]) => ({
      where: kind,
      what: `header ${name} is ${isSent ? 'sent' : 'not sent'}`,
    })),
    ...value('query', queryOf(theirs), queryOf(own)),
    ...value('accept', theirs.accept, own.accept),
    ...value('content-type', theirs.type, own.type),
    ...sets(keysOf(theirs.json), keysOf(own.json)).map(([key, isSaid]) =>
      inPart(`${key} is ${isSaid ? 'said' : 'not said'}`),
    ),
    ...['state', 'failure_reason', 'exit_code'].flatMap((word) => value(word, theirs.words?.[word], own.words?.[word])),
    ...Object.entries(theirs.features ?? {}).flatMap(([name, is]) =>
      value(`feature ${name}`, is, own.features?.[name]),
    ),
  ];
}

function spelledOut(line: Line, info: Shape): Line {
  const { json } = line;
  if (typeof json !== 'object' || json.info !== 'as verified') return line;
  return { ...line, json: { ...json, info } };
}

const stepOf = (line: Line): string => `${kindOf(line)}, answered ${line.answer}`;

const isChance = (line: Line): boolean => line.answer === 204 || (line.ask.startsWith('PATCH') && line.answer === 202);

/** How often a log is sent while it grows is chance; so is how often there is no job. */
function folded(lines: readonly Line[]): readonly Line[] {
  const isChance = (line: Line): boolean =>
    line.answer === 204 || (line.ask.startsWith('PATCH') && line.answer === 202);
  return lines.filter((line, at) => {
    const last = lines[at - 1];
    return last === undefined || !isChance(line) || stepOf(last) !== stepOf(line);
  });
}

type Pair = readonly [theirs: Line | null, own: Line | null];

/** The longest common order of both; what is between stands alone. */
function aligned(theirs: readonly Line[], own: readonly Line[]): readonly Pair[] {
  const lengths = Array.from({ length: theirs.length + 1 }, () => new Array<number>(own.length + 1).fill(0));
  const at = (i: number, j: number): number => lengths[i]?.[j] ?? 0;
  const isSame = (i: number, j: number): boolean => {
    const [a, b] = [theirs[i], own[j]];
    return a !== undefined && b !== undefined && stepOf(a) === stepOf(b);
  };
  for (let i = theirs.length - 1; i >= 0; i -= 1) {
    for (let j = own.length - 1; j >= 0; j -= 1) {
      const row = lengths[i] ?? [];
      row[j] = isSame(i, j) ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const pairs: Pair[] = [];
  for (let [i, j] = [0, 0]; i < theirs.length || j < own.length; ) {
    if (isSame(i, j)) pairs.push([theirs[i++] ?? null, own[j++] ?? null]);
    else if (j >= own.length || (i < theirs.length && at(i + 1, j) >= at(i, j + 1)))
      pairs.push([theirs[i++] ?? null, null]);
    else pairs.push([null, own[j++] ?? null]);
  }
  return pairs;
}

function sets(
  theirs: readonly string[],
  own: readonly string[],
): readonly (readonly [name: string, isOurs: boolean])[] {
  return [
    ...theirs.filter((name) => !own.includes(name)).map((name) => [name, false] as const),
    ...own.filter((name) => !theirs.includes(name)).map((name) => [name, true] as const),
  ];
}

/** `output.bytesize: number`, sorted. */
function keysOf(shape: Shape | undefined, prefix = ''): readonly string[] {
  if (shape === undefined) return [];
  if (typeof shape === 'string') return [`${prefix}: ${shape}`];
  const below = Object.entries(shape).flatMap(([key, one]) => keysOf(one, prefix === '' ? key : `${prefix}.${key}`));
  return below.length > 0 ? below : [`${prefix}: {}`];
}

const queryOf = ({ ask }: Line): string => /\?(.*)$/.exec(ask)?.[1] ?? '';
