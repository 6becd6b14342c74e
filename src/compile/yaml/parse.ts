import { EVENT_ID, type Event, parseEvents, YAMLException } from 'js-yaml';
import { LIMITS } from '../limits.ts';
import { findEdits } from './loose/find-edits.ts';
import type { Edit } from './loose/scan.ts';

/**
 * The events of a text. What js-yaml refuses only because of where lines stand in brackets and quotes is read from an edited copy; the events, and
 * the position of an error, are those of the text as it was given. Throws a `YAMLException`.
 */
export function parse(text: string): readonly Event[] {
  try {
    return parseEvents(text, { maxDepth: LIMITS.yamlDepth });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const edits = findEdits(text);
    if (edits.length === 0) throw error;
    return parseEdited(text, edits);
  }
}

function parseEdited(text: string, edits: readonly Edit[]): readonly Event[] {
  const back = offsetsBefore(edits);
  try {
    return parseEvents(applyEdits(text, edits), { maxDepth: LIMITS.yamlDepth }).map((event) => moveBack(event, back));
  } catch (error) {
    if (!(error instanceof YAMLException) || error.mark === undefined) throw error;
    throw new YAMLException(error.reason, { ...error.mark, position: back(error.mark.position) });
  }
}

function applyEdits(text: string, edits: readonly Edit[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const { offset, removed, spaces } of edits) {
    parts.push(text.slice(at, offset), ' '.repeat(spaces));
    at = offset + removed;
  }
  parts.push(text.slice(at));
  return parts.join('');
}

/** Turns an offset in the edited text into one of the text as given. */
function offsetsBefore(edits: readonly Edit[]): (offset: number) => number {
  /** Of each edit: where it ends in the edited text, where in the given one. */
  const ends: { readonly edited: number; readonly given: number }[] = [];
  let grown = 0;
  for (const { offset, removed, spaces } of edits) {
    grown += spaces - removed;
    ends.push({ edited: offset + removed + grown, given: offset + removed });
  }
  return (offset) => {
    let low = -1;
    let high = ends.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((ends[middle]?.edited ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    const before = ends[low];
    const given = before === undefined ? offset : before.given + offset - before.edited;
    // Inside added spaces: where they were added.
    return Math.min(given, edits[low + 1]?.offset ?? given);
  };
}

const OFFSETS = ['start', 'valueStart', 'valueEnd', 'anchorStart', 'anchorEnd', 'tagStart', 'tagEnd'] as const;

function moveBack(event: Event, back: (offset: number) => number): Event {
  if (event.type === EVENT_ID.DOCUMENT || event.type === EVENT_ID.POP) return event;
  const moved: Partial<Record<(typeof OFFSETS)[number], number>> = { ...event };
  for (const key of OFFSETS) {
    const offset = moved[key];
    // -1 where there is no anchor, tag or value.
    if (offset !== undefined && offset >= 0) moved[key] = back(offset);
  }
  return moved as Event;
}
