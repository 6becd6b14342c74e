import { stripVTControlCharacters } from 'node:util';
import { displayWidth } from '../../terminal/display-width.ts';
import type { Output } from '../../terminal/output.ts';

/**
 * A block of lines at the bottom of a terminal that is drawn again in place. The cursor stays visible and stands on the
 * line below the block between any two writes, and each change is one write: so there is nothing to restore when the
 * program is killed, stopped or crashes; the prompt simply follows the last screen.
 */
export interface Redraw {
  /** Shows these lines in place of the ones before. None is wider than the terminal. */
  show(lines: readonly string[]): void;
  /** Writes text for good, above the block. Lines end with a newline. */
  printAbove(text: string): void;
  /** Leaves the block where it is; the next `show` starts a new one below. */
  leave(): void;
}

const ERASE_BELOW = '\x1b[J';
const ERASE_LINE_END = '\x1b[K';
/** Synchronised update: terminals that know it show the frame at once, the others ignore it. */
const FRAME_START = '\x1b[?2026h';
const FRAME_END = '\x1b[?2026l';

export function createRedraw(output: Output): Redraw {
  let shown: readonly string[] = [];

  /** A narrower terminal has wrapped the lines that stand there, so that they take more rows now. */
  function toBlockStart(): string {
    const { columns, rows } = output.size();
    const taken = shown.reduce((sum, line) => sum + Math.max(1, Math.ceil(cellsOf(line) / columns)), 0);
    const up = Math.min(taken, rows - 1);
    return up === 0 ? '\r' : `\r\x1b[${up}A`;
  }

  function frame(above: string, lines: readonly string[]): string {
    const body = lines.map((line) => `${line}${ERASE_LINE_END}\n`).join('');
    const text = above === '' ? '' : ERASE_BELOW + above;
    return `${FRAME_START}${toBlockStart()}${text}${body}${ERASE_BELOW}${FRAME_END}`;
  }

  return {
    show(lines) {
      output.write(frame('', lines));
      shown = lines;
    },
    printAbove(text) {
      output.write(frame(text, shown));
    },
    leave() {
      shown = [];
    },
  };
}

function cellsOf(line: string): number {
  return displayWidth(stripVTControlCharacters(line));
}
