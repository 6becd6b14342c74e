import { EVENT_ID, type Event, getScalarValue, SCALAR_STYLE, type ScalarEvent } from 'js-yaml';

/** A text and its events: what is needed to say where something stands. */
export interface EventText {
  readonly text: string;
  readonly events: readonly Event[];
}

/** The text of a scalar. A block that ends with the file, in the middle of a line, ends without a line break, as in libyaml. */
export function scalarText(text: string, event: ScalarEvent): string {
  const value = getScalarValue(text, event);
  if (event.valueEnd < text.length || event.indent < 0 || /[\r\n]$/.test(text)) return value;
  return value.endsWith('\n') ? value.slice(0, -1) : value;
}

export function keyText(text: string, event: Event): string | null {
  return event.type === EVENT_ID.SCALAR ? getScalarValue(text, event) : null;
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

/** An empty value (`key:`) stands nowhere; its key does. */
export function standsSomewhere(event: Event | undefined): boolean {
  return event !== undefined && !(event.type === EVENT_ID.SCALAR && event.valueStart < 0 && event.anchorStart < 0);
}

/** Offset of the first character that belongs to a node, its tag, quote or block mark included. */
export function startOfEvent(source: EventText, index: number): number {
  const event = source.events[index];
  if (event === undefined || event.type === EVENT_ID.DOCUMENT || event.type === EVENT_ID.POP) return 0;
  // The events exclude the `&` and `*` themselves.
  if (event.type === EVENT_ID.ALIAS) return event.anchorStart - 1;
  if (event.tagStart >= 0) return event.tagStart;
  if (event.anchorStart >= 0) return event.anchorStart - 1;
  if (event.type !== EVENT_ID.SCALAR) return event.start;
  if (event.valueStart < 0) return index === 0 ? 0 : startOfEvent(source, index - 1);
  const isQuoted = event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED;
  if (isQuoted) return event.valueStart - 1;
  if (event.style === SCALAR_STYLE.PLAIN) return event.valueStart;
  return startOfBlock(source.text, event.valueStart);
}

/** A block scalar's text begins on the line after its `|` or `>`. */
function startOfBlock(text: string, contentStart: number): number {
  const lineEnd = text.lastIndexOf('\n', contentStart - 1);
  const lineStart = text.lastIndexOf('\n', lineEnd - 1) + 1;
  const mark = /[|>][-+0-9]*[ \t]*(?:#.*)?\r?$/.exec(text.slice(lineStart, lineEnd));
  return mark === null ? contentStart : lineStart + mark.index;
}
