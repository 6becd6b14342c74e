import { createLineCounter } from './count-lines.ts';
import { createErrorFinder } from './find-error.ts';
import { createSectionFinder } from './find-sections.ts';
import type { LogIndex } from './log-index.ts';

/** Bounds of an index: some 200 KiB of blocks and 1 MiB of sections at most. */
const MAX_BLOCKS = 16_384;
export const MAX_SECTIONS = 10_000;

/** What an index says of the lines of a log. */
export type LogContents = Pick<
  LogIndex,
  'lines' | 'blockBytes' | 'newlinesBefore' | 'sections' | 'moreSections' | 'errorLine'
>;

/** Looks at a log while its bytes pass, in bounded memory. */
export function createLogIndexer(): { push(bytes: Uint8Array): void; finish(): LogContents } {
  const lines = createLineCounter(MAX_BLOCKS);
  const sections = createSectionFinder(MAX_SECTIONS);
  const errors = createErrorFinder();
  return {
    push(bytes) {
      lines.push(bytes);
      sections.push(bytes);
      errors.push(bytes);
    },
    finish() {
      const { newlines, endsWithNewline, blockBytes, newlinesBefore } = lines.count();
      const count = newlines + (endsWithNewline ? 0 : 1);
      return { lines: count, blockBytes, newlinesBefore, ...sections.finish(), errorLine: errors.line() };
    },
  };
}
