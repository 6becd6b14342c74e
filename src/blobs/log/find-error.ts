const WORD = 'ERROR: ';
const NEWLINE = 10;
/** More than what may stand before the word in its line: colours. */
const CONTEXT_BYTES = 64;
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are made of them
const LINE_START = /(?:^|\n)(?:\u001b\[[0-9;]{0,16}[A-Za-z])*$/;

/** Finds the last line that a runner says an error in, while bytes pass. Lines count from 0; null: there is none. */
export function createErrorFinder(): { push(bytes: Uint8Array): void; line(): number | null } {
  let found: number | null = null;
  /** The end of what came; its newlines are not counted yet. */
  let held = Buffer.alloc(0);
  let isFirst = true;
  let line = 0;
  return {
    push(bytes) {
      const all = Buffer.concat([held, bytes]);
      let counted = 0;
      const countTo = (end: number): void => {
        for (let at = all.indexOf(NEWLINE, counted); at >= 0 && at < end; at = all.indexOf(NEWLINE, at + 1)) line += 1;
        counted = end;
      };
      for (let at = all.indexOf(WORD); at >= 0; at = all.indexOf(WORD, at + 1)) {
        const from = Math.max(0, at - CONTEXT_BYTES);
        // Where the log does not begin, something stands in front.
        const front = from === 0 && isFirst ? '' : 'x';
        if (!LINE_START.test(front + all.toString('latin1', from, at))) continue;
        countTo(at);
        found = line;
      }
      const kept = Math.max(counted, all.length - CONTEXT_BYTES);
      countTo(kept);
      if (kept > 0) isFirst = false;
      held = all.subarray(kept);
    },
    line: () => found,
  };
}
