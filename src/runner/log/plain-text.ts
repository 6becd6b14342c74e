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
const UNPRINTABLE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
const COLOUR = /\u001b\[[0-9;:]*m/g;

const LINE_FEED = 0x0a;

/**
 * Splits a job log into lines that can be printed behind a prefix: section markers, cursor movements and control characters are gone,
 * colours stay; of a line that rewrote itself with `\r` the last state is left. An unfinished line comes in pieces once it has
 * `pieceBytes`, so that memory stays bounded.
 */
export function createLineReader(options: { readonly pieceBytes?: number } = {}): LineReader {
  const pieceBytes = options.pieceBytes ?? 65_536;
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;

  function keep(bytes: Uint8Array): void {
    // A copy: the caller may reuse its chunk.
    pending.push(Uint8Array.from(bytes));
    pendingBytes += bytes.length;
  }
  function take(more: Uint8Array): Buffer {
    const taken = Buffer.concat([...pending, more]);
    pending = [];
    pendingBytes = 0;
    return taken;
  }

  function push(bytes: Uint8Array): string[] {
    const linesEnd = bytes.lastIndexOf(LINE_FEED) + 1;
    const lines = linesEnd === 0 ? [] : textLines(take(bytes.subarray(0, linesEnd - 1)));
    keep(bytes.subarray(linesEnd));
    if (pendingBytes < pieceBytes) return lines;
    const piece = take(new Uint8Array(0));
    const end = wholeCharactersEnd(piece);
    keep(piece.subarray(end));
    return [...lines, ...textLines(piece.subarray(0, end))];
  }
  return { push, end: () => (pendingBytes === 0 ? [] : textLines(take(new Uint8Array(0)))) };
}

/** Where the last character starts; at most three bytes before the end. */
function wholeCharactersEnd(bytes: Buffer): number {
  let end = bytes.length - 1;
  while (end > bytes.length - 4 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return Math.max(end, 0);
}

/** Looks at the block as a whole first: most have nothing to take out, and 100 MB of them should cost 0.3 s, not 1.3. */
function textLines(block: Buffer): string[] {
  const text = block.toString('utf8');
  const lines = text.split('\n');
  return UNPRINTABLE.test(text) ? lines.flatMap(shownLines) : lines;
}

/** What one line of the log shows; several lines when a marker stands behind text that had no line feed. */
function shownLines(line: string): string[] {
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
