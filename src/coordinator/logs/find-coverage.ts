import { compileRegex, type Regex, splitRegex } from '../../compile/index.ts';
import { linesFromEnd, type ReadBytes } from './lines-from-end.ts';

/** Whoever prints more after its coverage than this has none. */
const MOST_BYTES = 8 << 20;
/** An expression may be as slow as its author likes, and everybody waits while it runs. A usual one takes a second for 10 MB and more. */
const MOST_MS = 1_000;

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are made of them
const ESCAPES = /\u001b\[[0-?]*[ -/]*[@-~]/g;
/** What GitLab's runner puts before each line when it is told to write times. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z [0-9a-f]{2}[EO][ +]/;

export interface CoverageLog {
  readonly read: ReadBytes;
  readonly sizeBytes: number;
}

/**
 * What `coverage: /pattern/` finds in a log, as GitLab has it: in the last line with a match, of its last match the last group, of that the first number.
 * A line is taken as it stands, then without time and colours. Null: no number, none in the last 8 MiB, or none in a second.
 */
export async function findCoverage(
  { read, sizeBytes }: CoverageLog,
  pattern: string,
  now: () => number,
): Promise<string | null> {
  const { source, flags } = splitRegex(pattern) ?? { source: pattern, flags: '' };
  const regex = compileRegex(source, flags);
  if (regex === null) return null;
  let spentMs = 0;
  for await (const lines of linesFromEnd(read, sizeBytes, MOST_BYTES)) {
    const since = now();
    const isLate = () => spentMs + now() - since > MOST_MS;
    const found = lookInto(lines, regex, isLate);
    if (found !== null || isLate()) return found;
    spentMs += now() - since;
  }
  return null;
}

function lookInto(lines: readonly string[], regex: Regex, isLate: () => boolean): string | null {
  for (const line of lines) {
    for (const text of facesOf(line)) {
      if (!regex.test(text)) continue;
      let last = '';
      for (const match of regex.matches(text)) {
        last = match;
        if (isLate()) return null;
      }
      const number = numberIn(last);
      if (number !== null) return number;
    }
    if (isLate()) return null;
  }
  return null;
}

function facesOf(line: string): readonly string[] {
  const timeless = line.replace(TIME, '');
  const plain = timeless.replace(ESCAPES, '');
  return [line, ...(timeless === line ? [] : [timeless]), ...(plain === timeless ? [] : [plain])];
}

function numberIn(text: string): string | null {
  const [digits] = /\d+(\.\d+)?/.exec(text) ?? [];
  const value = Number(digits);
  return Number.isFinite(value) ? String(value) : null;
}
