import type { Talk } from '../talk.ts';

/** What `unpackProgram` reads: an archive in pieces, and lines. */
export interface Frames {
  /** A line with a letter and a path, ahead of what of the archive has not gone yet. */
  ask(letter: string, path: string): void;
  /** The next bytes of the archive. @throws Failure as `Talk.write` */
  write(bytes: Buffer): Promise<void>;
  /** A line behind all that was written. */
  say(line: string): Promise<void>;
}

/** A `dd` takes one at once: less of them, and less memory, in the place. */
const FRAME_BYTES = 512 * 1024;

export function createFrames(talk: Pick<Talk, 'write'>): Frames {
  let lines = '';
  let waiting: Buffer[] = [];
  let waitingBytes = 0;

  async function flush(): Promise<void> {
    const length = waitingBytes === 0 ? '' : `t${waitingBytes}\n`;
    const bytes = Buffer.concat([Buffer.from(lines + length), ...waiting]);
    lines = '';
    waiting = [];
    waitingBytes = 0;
    if (bytes.length > 0) await talk.write(bytes);
  }

  return {
    ask(letter, path) {
      lines += lineOf(letter, path);
    },
    async write(bytes) {
      if (bytes.length === 0) return;
      waiting.push(bytes);
      waitingBytes += bytes.length;
      if (waitingBytes + lines.length >= FRAME_BYTES) await flush();
    },
    async say(line) {
      await flush();
      lines = `${line}\n`;
      await flush();
    },
  };
}

/** A path with line feeds is several lines. */
function lineOf(letter: string, path: string): string {
  const parts = path.split('\n');
  const last = parts.pop() ?? '';
  return `${parts.map((part) => `n${part}\n`).join('')}${letter}${last}\n`;
}
