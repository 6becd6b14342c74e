import { Failure } from '../../../../base/index.ts';

/** Bytes that come in pieces of any size, given out in the sizes that are asked for. No more is kept than one piece, and what `exactly` was asked for. */
export interface ByteSource {
  /** @throws Failure `archive_cut`: they end before that. null: they have ended, with nothing of it there. */
  exactly(bytes: number): Promise<Buffer | null>;
  /** The next ones, at least one and no more than that. @throws Failure `archive_cut`: there are no more */
  some(mostBytes: number): Promise<Buffer>;
}

const NOTHING = Buffer.alloc(0);

/** @param next resolves to the next piece; null: there are no more */
export function createByteSource(next: () => Promise<Buffer | null>): ByteSource {
  let rest: Buffer = NOTHING;

  async function fill(): Promise<boolean> {
    while (rest.length === 0) {
      const piece = await next();
      if (piece === null) return false;
      rest = piece;
    }
    return true;
  }

  function take(bytes: number): Buffer {
    const taken = rest.subarray(0, bytes);
    rest = rest.subarray(taken.length);
    return taken;
  }

  return {
    async exactly(bytes) {
      if (rest.length >= bytes) return take(bytes);
      const parts: Buffer[] = [];
      for (let left = bytes; left > 0; left -= parts.at(-1)?.length ?? 0) {
        if (await fill()) parts.push(take(left));
        else if (left === bytes) return null;
        else throw cut();
      }
      return Buffer.concat(parts, bytes);
    },
    async some(mostBytes) {
      if (await fill()) return take(mostBytes);
      throw cut();
    },
  };
}

function cut(): Failure {
  return new Failure('archive_cut', 'the archive ends in the middle');
}
