import type { Log } from '../lines/open-log.ts';
import type { LineRange } from '../place/line-address.ts';

/** Lines that can be copied at once; whoever wants more takes the log as text. */
const MAX_COPIED = 20_000;

/** A place in a log's text: a line and how many letters of it stand before. */
interface TextPlace {
  readonly line: number;
  readonly column: number;
}

/**
 * Puts what is selected on the clipboard, as plain text without numbers: what the mouse selected, else the lines that the address
 * names. Lines that are not held are fetched first, where the browser lets a page write later than the key (a secure context).
 * Answers what to tell the reader when it could not be done.
 */
export async function copyLines(event: ClipboardEvent, log: Log, range: LineRange | null): Promise<string | null> {
  const selection = getSelection();
  const isByMouse = selection !== null && !selection.isCollapsed;
  const [from, to] = isByMouse ? placesOf(selection) : placesOfRange(range);
  if (from === null || to === null) return null;
  event.preventDefault();
  if (to.line - from.line >= MAX_COPIED)
    return `More than ${MAX_COPIED.toLocaleString('en')} lines: take the log as text.`;
  const held = Array.from({ length: to.line - from.line + 1 }, (_, i) => log.lines.text(from.line + i));
  if (held.every((text) => text !== null)) {
    event.clipboardData?.setData('text/plain', between(held, from, to));
    return null;
  }
  if (!isSecureContext) return 'Not all of these lines are here: take the log as text.';
  const texts = await log.fetch(from.line, to.line + 1, AbortSignal.timeout(30_000));
  await navigator.clipboard.writeText(between(texts, from, to));
  return null;
}

/** The text between two places: whole lines but the first and the last. */
export function between(lines: readonly string[], from: TextPlace, to: TextPlace): string {
  const last = lines.length - 1;
  return lines.map((text, i) => text.slice(i === 0 ? from.column : 0, i === last ? to.column : undefined)).join('\n');
}

function placesOfRange(range: LineRange | null): [TextPlace | null, TextPlace | null] {
  if (range === null) return [null, null];
  return [
    { line: range.first, column: 0 },
    { line: range.last, column: Number.POSITIVE_INFINITY },
  ];
}

function placesOf(selection: Selection): [TextPlace | null, TextPlace | null] {
  const range = selection.getRangeAt(0);
  return [placeOf(range.startContainer, range.startOffset), placeOf(range.endContainer, range.endOffset)];
}

/** Null outside of the lines. Beside a line's text (its number) is its beginning. */
function placeOf(node: Node, offset: number): TextPlace | null {
  const element = node instanceof Element ? node : node.parentElement;
  const row = element?.closest<HTMLElement>('[data-line]');
  const text = row?.querySelector('.log-text');
  if (row == null || text == null) return null;
  const line = Number(row.dataset.line);
  if (!text.contains(node)) return { line, column: 0 };
  const before = document.createRange();
  before.setStart(text, 0);
  before.setEnd(node, offset);
  return { line, column: before.toString().length };
}
