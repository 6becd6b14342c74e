import { buffer } from 'node:stream/consumers';
import { RandomAccessReader } from 'yauzl';
import type { BlobStore } from '../blob-store.ts';

/** Read at a time: a zip's directory is read entry by entry, and each read of a remote blob is a request. */
const WINDOW_BYTES = 1024 ** 2;

/** Lets yauzl read a blob by ranges. Remembers one window. */
export class BlobReader extends RandomAccessReader {
  /** Rejects when yauzl itself breaks on what it was given, which its callbacks cannot say. Never resolves. */
  readonly broken: Promise<never>;
  readonly #store: BlobStore;
  readonly #key: string;
  readonly #sizeBytes: number;
  readonly #signal: AbortSignal | undefined;
  readonly #break: (error: unknown) => void;
  #window = Buffer.alloc(0);
  #windowStart = 0;

  constructor(store: BlobStore, key: string, sizeBytes: number, signal: AbortSignal | undefined) {
    super();
    this.#store = store;
    this.#key = key;
    this.#sizeBytes = sizeBytes;
    this.#signal = signal;
    const { promise, reject } = Promise.withResolvers<never>();
    this.broken = promise;
    this.broken.catch(() => undefined);
    this.#break = reject;
  }

  override read(...[target, offset, length, position, callback]: Parameters<RandomAccessReader['read']>): void {
    this.#fill(target.subarray(offset, offset + length), position)
      .then(() => callback(null), callback)
      .catch(this.#break);
  }

  async #fill(target: Buffer, position: number): Promise<void> {
    const end = position + target.length;
    if (!Number.isSafeInteger(position) || position < 0 || end > this.#sizeBytes) {
      throw new Error(`it names the bytes ${position} to ${end}, and has ${this.#sizeBytes}`);
    }
    if (position < this.#windowStart || end > this.#windowStart + this.#window.length) {
      const range = { start: position, end: Math.max(end, position + WINDOW_BYTES) };
      const opened = await this.#store.open(this.#key, this.#signal ? { ...range, signal: this.#signal } : range);
      this.#window = await buffer(opened.body);
      this.#windowStart = position;
    }
    const copied = this.#window.copy(target, 0, position - this.#windowStart, end - this.#windowStart);
    if (copied < target.length) throw new Error('the blob became shorter');
  }
}
