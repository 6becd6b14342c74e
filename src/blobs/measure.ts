import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { describeError } from '../base/index.ts';
import { blobFailure } from './blob-failure.ts';
import type { PutOptions, StoredBlob } from './blob-store.ts';

const DEFAULT_STALL_MS = 60_000;

export interface Measured {
  /** The source's chunks, once. Ends early with the failure that the options ask for. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** What has come through; right once `chunks` has ended. */
  stored(): StoredBlob;
}

/** Counts, hashes and limits a source on its way into a store. The hash of a chunk is made before it is passed on. */
export function measure(source: AsyncIterable<Uint8Array>, options: PutOptions): Measured {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  let sha256 = '';
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for await (const chunk of watched(source, options)) {
      sizeBytes += chunk.length;
      if (sizeBytes > options.maxBytes) throw blobFailure('blob_too_large', `more than ${options.maxBytes} bytes`);
      hash.update(chunk);
      yield chunk;
    }
    sha256 = hash.digest('hex');
    const { expectedSha256 } = options;
    if (expectedSha256 === undefined || expectedSha256 === sha256) return;
    throw blobFailure('checksum_mismatch', `the bytes have the checksum ${sha256}, not ${expectedSha256}`);
  }
  return { chunks: chunks(), stored: () => ({ sizeBytes, sha256 }) };
}

/** The source's chunks until it ends, fails, is silent for too long or the signal aborts; these two do not wait for it. */
async function* watched(source: AsyncIterable<Uint8Array>, options: PutOptions): AsyncGenerator<Uint8Array> {
  const { signal, stallMs = DEFAULT_STALL_MS } = options;
  let giveUp: (error: Error) => void = () => undefined;
  const stalled = (): void => giveUp(blobFailure('stalled', `the source gave nothing for ${stallMs} ms`));
  const canceled = (): void => giveUp(blobFailure('canceled', 'the put was cancelled', signal?.reason));
  const timer = setTimeout(stalled, stallMs);
  signal?.addEventListener('abort', canceled);
  const iterator = iterate(source);
  try {
    for (;;) {
      const next = await new Promise<IteratorResult<Uint8Array>>((resolve, reject) => {
        giveUp = reject;
        if (signal?.aborted) canceled();
        timer.refresh();
        iterator.next().then(resolve, (error) => {
          reject(blobFailure('source_failed', `the source failed: ${describeError(error)}`, error));
        });
      });
      // What the store does with the chunk is not the source's silence.
      giveUp = () => undefined;
      if (next.done) return;
      yield next.value;
    }
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', canceled);
    // Not awaited: a source that hangs would never answer.
    iterator.return?.().catch(() => undefined);
  }
}

/** A stream is let go and not destroyed: an HTTP request that was refused still has to be answered. */
function iterate(source: AsyncIterable<Uint8Array>): AsyncIterator<Uint8Array> {
  return source instanceof Readable ? source.iterator({ destroyOnReturn: false }) : source[Symbol.asyncIterator]();
}
