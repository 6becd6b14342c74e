const NEWLINE = 10;
const FIRST_BLOCK_BYTES = 64 * 1024;

export interface LineCount {
  readonly sizeBytes: number;
  readonly newlines: number;
  readonly endsWithNewline: boolean;
  readonly blockBytes: number;
  readonly newlinesBefore: readonly number[];
}

/** Counts lines while bytes pass. Blocks double in size when there would be more than `maxBlocks`, so that memory is bounded. */
export function createLineCounter(maxBlocks: number): { push(bytes: Uint8Array): void; count(): LineCount } {
  let sizeBytes = 0;
  let newlines = 0;
  let last = NEWLINE;
  let blockBytes = FIRST_BLOCK_BYTES;
  let newlinesBefore = [0];
  const scan = (bytes: Uint8Array): void => {
    for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) newlines += 1;
    sizeBytes += bytes.length;
  };
  return {
    push(bytes) {
      for (let at = 0; at < bytes.length; ) {
        if (sizeBytes === newlinesBefore.length * blockBytes) newlinesBefore.push(newlines);
        if (newlinesBefore.length > maxBlocks) {
          newlinesBefore = newlinesBefore.filter((_, block) => block % 2 === 0);
          blockBytes *= 2;
        }
        const taken = Math.min(bytes.length - at, newlinesBefore.length * blockBytes - sizeBytes);
        scan(bytes.subarray(at, at + taken));
        at += taken;
      }
      last = bytes.at(-1) ?? last;
    },
    count: () => ({ sizeBytes, newlines, endsWithNewline: last === NEWLINE, blockBytes, newlinesBefore }),
  };
}
