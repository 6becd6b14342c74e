import { compileRegex, type Regex, splitRegex } from '../../../compile/index.ts';
import { type Pace, SearchPace } from '../search-pace.ts';
import { linesFromEnd, type ReadBytes } from './lines-from-end.ts';

/** Whoever prints more after its coverage than this has none. */
const MOST_BYTES = 2 << 20;

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
 * A line is taken as it stands, then without time and colours. Null: no number, none in the last 2 MiB, or none in half a second: an expression may be as
 * slow as its author likes, so others have their turn again and again.
 */
export async function findCoverage(
  { read, sizeBytes }: CoverageLog,
  pattern: string,
  pace: Pace,
): Promise<string | null> {
  const { source, flags } = splitRegex(pattern) ?? { source: pattern, flags: '' };
  const regex = compileRegex(source, flags);
  if (regex === null) return null;
  const turns = new SearchPace(pace);
  for await (const lines of linesFromEnd(read, sizeBytes, MOST_BYTES)) {
    turns.begin();
    const found = await lookInto(lines, regex, turns);
    if (found !== null || !turns.end()) return found;
  }
  return null;
}

async function lookInto(lines: readonly string[], regex: Regex, turns: SearchPace): Promise<string | null> {
  for (const line of lines) {
    for (const text of facesOf(line)) {
      const isFound = regex.test(text);
      if (turns.isDue() && !(await turns.next())) return null;
      if (!isFound) continue;
      let last = '';
      for (const match of regex.matches(text)) {
        last = match;
        if (turns.isDue() && !(await turns.next())) return null;
      }
      const number = numberIn(last);
      if (number !== null) return number;
    }
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
