import { encodeHeader, endOfArchive, paddingOf, TYPES } from './tar-header.ts';

export interface OutgoingEntry {
  /** Bytes, each of them one character (latin1). */
  readonly name: string;
  readonly kind: 'file' | 'directory' | 'symlink';
  /** Permission bits. */
  readonly mode: number;
  readonly modifiedMs: number;
  /** Of `content`; 0 for others than files. */
  readonly sizeBytes: number;
  /** Of a symlink; bytes (latin1). */
  readonly target?: string;
  /** Of a file. */
  readonly content?: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

export interface TarWriter {
  /** @throws Error: the content is longer or shorter than was said; the archive is worth nothing then. What the content throws */
  add(entry: OutgoingEntry): Promise<void>;
  end(): Promise<void>;
}

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

const ZEROS = Buffer.alloc(512);

/** Writes GNU's format. @param write takes the next bytes, and resolves when there is room for more */
export function createTarWriter(write: (bytes: Buffer) => Promise<void>, owner: Owner): TarWriter {
  let written = 0;

  async function put(bytes: Buffer): Promise<void> {
    written += bytes.length;
    await write(bytes);
  }

  return {
    async add({ name, kind, mode, modifiedMs, sizeBytes, target = '', content = [] }) {
      const header = encodeHeader({
        ...owner,
        type: TYPES[kind],
        name: kind === 'directory' ? `${name}/` : name,
        linkName: target,
        mode,
        sizeBytes,
        modified: Math.floor(modifiedMs / 1000),
      });
      await put(header);
      let left = sizeBytes;
      for await (const piece of content) {
        left -= piece.length;
        if (left < 0) break;
        await put(Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength));
      }
      if (left !== 0) throw new Error(`it is ${left < 0 ? 'longer' : 'shorter'} than its ${sizeBytes} bytes`);
      await put(ZEROS.subarray(0, paddingOf(sizeBytes)));
    },
    end: () => put(endOfArchive(written)),
  };
}
