/** Job logs as lines of text, for a terminal that shows several jobs at once or for a file of prefixed lines. */

export interface LineReader {
  /** Takes more log bytes; returns the lines that they complete, without line feed. */
  push(bytes: Uint8Array): string[];
  /** The rest, when the log is over. */
  end(): string[];
}

export interface LastLine {
  push(bytes: Uint8Array): void;
  /** The last line that shows something, as it is now (also unfinished): no escapes, no control characters, at most `maxCharacters`. */
  text(): string;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
const MARKER = /section_(?:start|end):\d+:[^\r\n]*\r(?:\u001b\[0K)?/g;
/** Operating system commands (titles, links), control sequences, other escapes; also one that the end of the piece cut off. */
const ESCAPES =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
  /\u001b(?:\][^\u0007\u001b]*(?:\u0007|\u001b\\|$)|\[[0-?]*[ -/]*([@-~]|$)|[()*+][0-~]|[ -Z\\^-~]|$)/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
const CONTROLS = /[\u0000-\u0008\u000b-\u001a\u001c-\u001f\u007f-\u009f]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
const COLOUR = /\u001b\[[0-9;:]*m/g;

const LINE_FEED = 0x0a;

/**
 * Splits a job log into lines that can be printed behind a prefix: section markers, cursor movements and control characters are gone,
 * colours stay; of a line that rewrote itself with `\r` the last state is left. A line longer than `maxBytes` comes in pieces.
 */
export function createLineReader(options: { readonly maxBytes?: number } = {}): LineReader {
  const maxBytes = Math.max(4, options.maxBytes ?? 65_536);
  let pending: Buffer[] = [];
  let pendingBytes = 0;

  function keep(bytes: Buffer): void {
    pending.push(bytes);
    pendingBytes += bytes.length;
  }
  function take(): string[] {
    const line = Buffer.concat(pending);
    pending = [];
    pendingBytes = 0;
    return shownLines(line.toString('utf8'));
  }

  function push(bytes: Uint8Array): string[] {
    // A copy: the caller may reuse its chunk while the end of it is still pending.
    const chunk = Buffer.from(bytes);
    const lines: string[] = [];
    let from = 0;
    while (from < chunk.length) {
      const feed = chunk.indexOf(LINE_FEED, from);
      const lineEnd = feed === -1 ? chunk.length : feed;
      const limit = from + maxBytes - pendingBytes;
      const isPiece = limit < lineEnd;
      const end = isPiece ? wholeCharacterEnd(chunk, from, limit) : lineEnd;
      keep(chunk.subarray(from, end));
      if (isPiece || feed !== -1) lines.push(...take());
      from = isPiece || feed === -1 ? end : end + 1;
    }
    return lines;
  }
  return { push, end: () => (pendingBytes === 0 ? [] : take()) };
}

/** Goes back from `end` to the start of the character that it would cut. */
function wholeCharacterEnd(chunk: Buffer, from: number, end: number): number {
  let whole = end;
  while (whole > from && whole > end - 3 && ((chunk[whole] ?? 0) & 0xc0) === 0x80) whole -= 1;
  return whole;
}

/** What one line of the log shows; several lines when a marker stands behind text that had no line feed. */
function shownLines(line: string): string[] {
  if (!line.includes('\r') && !line.includes('\u001b')) return [line.replace(CONTROLS, '')];
  const parts = line.split(MARKER);
  return (parts.length === 1 ? parts : parts.filter((part) => part !== '')).map(shownState);
}

function shownState(line: string): string {
  const rewritten = line.replace(/\r+$/, '');
  const state = rewritten.slice(rewritten.lastIndexOf('\r') + 1);
  return state.replace(ESCAPES, (sequence, final) => (final === 'm' ? sequence : '')).replace(CONTROLS, '');
}

/** Bytes that are looked at for the last line; longer ones lose their beginning. */
const TAIL_BYTES = 8192;

/** Follows a log for a live view. Costs a copy of at most 8 KiB a push; the text is made when it is asked for. */
export function createLastLine(maxCharacters: number): LastLine {
  let tail: Buffer = Buffer.alloc(0);
  return {
    push(bytes) {
      const added = bytes.subarray(Math.max(0, bytes.length - TAIL_BYTES));
      tail = Buffer.concat([tail, added]).subarray(-TAIL_BYTES);
    },
    text() {
      const lines = tail.toString('utf8').split('\n').reverse();
      for (const line of lines) {
        const shown = shownLines(line)
          .map(printable)
          .findLast((part) => part !== '');
        if (shown !== undefined) return shorten(shown, maxCharacters);
      }
      return '';
    },
  };
}

function printable(line: string): string {
  return line.replace(COLOUR, '').replace(/\s+/g, ' ').trim();
}

function shorten(line: string, maxCharacters: number): string {
  const characters = [...line];
  return characters.length <= maxCharacters ? line : `${characters.slice(0, maxCharacters - 1).join('')}…`;
}
