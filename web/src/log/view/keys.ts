import { lineOf } from '../place/folds.ts';
import type { Reader } from '../place/reader.ts';

/** What keys do in a log. */
export interface KeyActions {
  readonly reader: Reader;
  readonly isFinding: boolean;
  find(): void;
  go(line: number): void;
}

/** Single letters, which can be turned off (WCAG 2.1.4). */
const LETTERS: Readonly<Record<string, (actions: KeyActions) => void>> = {
  '/': ({ find }) => find(),
  f: ({ reader }) => reader.follow(),
  w: ({ reader }) => reader.setWrap(!reader.wrap.value),
  n: ({ reader, go }) => {
    const failed = reader.log.extent.value?.failed_line;
    if (failed != null) go(failed);
  },
  '[': ({ reader, go }) => goToSection(reader, -1, go),
  ']': ({ reader, go }) => goToSection(reader, 1, go),
};

/** Takes a key that is the log's; those typed into a field are not. */
export function takeKey(event: KeyboardEvent, letters: boolean, actions: KeyActions): void {
  if (event.defaultPrevented) return;
  // The second press of the same keys is the browser's own search.
  if (event.key === 'f' && (event.ctrlKey || event.metaKey) && !event.altKey && !actions.isFinding) {
    event.preventDefault();
    actions.find();
    return;
  }
  if (!letters || event.ctrlKey || event.metaKey || event.altKey || isField(event.target)) return;
  const act = LETTERS[event.key];
  if (act === undefined) return;
  event.preventDefault();
  act(actions);
}

function isField(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

/** The header of the section after the topmost line, or before it. */
function goToSection({ log, folds, position, heights }: Reader, step: 1 | -1, go: (line: number) => void): void {
  const third = Math.ceil(heights.value.view / 3 / heights.value.usual);
  const at = lineOf(folds.value, position.value.row + (position.value.row === 0 ? 0 : third));
  const starts = (log.extent.value?.sections ?? []).map(({ start_line }) => start_line).sort((a, b) => a - b);
  const next = step === 1 ? starts.find((line) => line > at) : starts.findLast((line) => line < at);
  if (next !== undefined) go(next);
}
