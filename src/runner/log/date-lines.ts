/** Whose words a line has, in GitLab's numbers. */
export type LogStream = 'runner' | 'step';

const STREAM = { runner: '00O', step: '01O' } as const;
const LINE_FEED = 0x0a;

export interface LogPiece {
  readonly piece: Uint8Array;
  /** UTC ms */
  readonly at: number;
  readonly stream: LogStream;
  /** The piece before it ended within a line. */
  readonly isOpen: boolean;
}

export interface DatedLines {
  readonly bytes: Buffer;
  /** The last of them is to be continued. */
  readonly isOpen: boolean;
}

/**
 * A piece of a log as GitLab's runner dates it (`FF_TIMESTAMPS`): 32 bytes before each line, `2026-11-28T08:35:54.576759Z 01O `, which viewers take
 * off again. A piece may end within a line: it is ended there, and what follows begins with `+` in the place of the last blank, by which viewers put
 * the two together. So no byte has to wait for the end of its line.
 */
export function dateLines({ piece, at, stream, isOpen }: LogPiece): DatedLines {
  if (piece.length === 0) return { bytes: Buffer.alloc(0), isOpen };
  const head = Buffer.from(`${new Date(at).toISOString().replace('Z', '000Z')} ${STREAM[stream]}`);
  const parts: Uint8Array[] = [];
  const blank = Buffer.from(`${head} `);
  const plus = Buffer.from(`${head}+`);
  let start = 0;
  for (let isContinued = isOpen; start < piece.length; isContinued = false) {
    const end = piece.indexOf(LINE_FEED, start) + 1 || piece.length;
    parts.push(isContinued ? plus : blank, piece.subarray(start, end));
    start = end;
  }
  const endsWithin = piece[piece.length - 1] !== LINE_FEED;
  if (endsWithin) parts.push(Buffer.from('\n'));
  return { bytes: Buffer.concat(parts), isOpen: endsWithin };
}
