import { coloursLeft } from './colours.ts';

/** Of a longer line only its end is shown. */
export const SHOWN_BYTES = 20_000;

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are made of them
const MARKERS = /section_(?:start|end):\d{1,12}:[A-Za-z0-9_.-]{1,128}(?:\[[A-Za-z0-9_=,.-]{0,128}\])?\r\u001b\[0K/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are made of them
const ESCAPES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\|$)|[ -/]*[0-~])/g;

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are made of them
const OPEN_ESCAPE = /\u001b(?:\[[0-?]*)?$/;
const ESCAPE_END = /^\[?[0-?]{0,64}[@-~]/;

export interface ShownLine {
  /** Colours and other escape sequences are still in it. */
  readonly text: string;
  /** Left out of its front. */
  readonly cutBytes: number;
}

/**
 * A line as a terminal would leave it: markers of sections gone, of what carriage returns drew over each other the last, of that at most the end.
 * @param line without its newline @param missing bytes in front of it that were not read
 */
export function collapseLine(line: Buffer, missing = 0): ShownLine {
  let text = line.toString();
  if (text.includes('section_')) text = text.replaceAll(MARKERS, '');
  if (text.endsWith('\r')) text = text.slice(0, -1);
  const from = text.lastIndexOf('\r') + 1;
  const shown = shorten(text.slice(from));
  const cutBytes = shown.cutBytes + (from === 0 ? missing : 0);
  return { text: coloursLeft(text.slice(0, from)) + shown.text, cutBytes };
}

function shorten(text: string): ShownLine {
  if (text.length * 3 <= SHOWN_BYTES) return { text, cutBytes: 0 };
  const bytes = Buffer.from(text);
  if (bytes.length <= SHOWN_BYTES) return { text, cutBytes: 0 };
  let cut = bytes.length - SHOWN_BYTES;
  while (((bytes[cut] ?? 0) & 0b1100_0000) === 0b1000_0000) cut += 1;
  const front = bytes.toString('utf8', 0, cut);
  const rest = bytes.toString('utf8', cut);
  // No half of an escape sequence.
  const [half = ''] = OPEN_ESCAPE.test(front.slice(-64)) ? (ESCAPE_END.exec(rest) ?? []) : [];
  return { text: coloursLeft(front + half) + rest.slice(half.length), cutBytes: cut + half.length };
}

/** What of a line is text: by this it is searched. */
export function plainText(text: string): string {
  return text.includes('\u001b') ? text.replaceAll(ESCAPES, '') : text;
}
