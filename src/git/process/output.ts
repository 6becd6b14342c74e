import { once } from 'node:events';
import { PassThrough, type Readable } from 'node:stream';
import type { Failure } from '../../base/index.ts';
import { gitFailure } from './git-failure.ts';
import type { Watch } from './watch.ts';

/** What the client is sent. When it hangs up the watch ends, and what comes after that is dropped. */
export interface Output {
  readonly stream: Readable;
  /** Resolves with the first byte or the end; rejects when it failed before. */
  readonly begun: Promise<void>;
  /** Resolves when there is room for more. */
  write(chunk: Uint8Array): Promise<void>;
  end(): void;
  /** Cuts it: the client must not take what it got for all. `unsaid`: it had got nothing; `said`: all had been written already. */
  fail(error: unknown): 'cut' | 'unsaid' | 'said';
}

export function openOutput(watch: Watch): Output {
  const stream = new PassThrough({ highWaterMark: 128 * 1024 });
  let hasBegun = false;
  const begun = Promise.withResolvers<void>();
  const begin = () => {
    hasBegun = true;
    begun.resolve();
  };
  begun.promise.catch(() => {});
  stream.on('error', () => {});
  stream.on('close', () => {
    if (!stream.readableEnded) watch.end(gitFailure('canceled', 'the client hung up'));
  });
  return {
    stream,
    begun: begun.promise,
    async write(chunk) {
      begin();
      if (stream.destroyed || stream.write(chunk)) return;
      const room = new AbortController();
      const drained = Promise.race([
        once(stream, 'drain', { signal: room.signal }),
        once(stream, 'close', { signal: room.signal }),
      ]);
      await watch.forClient(drained).finally(() => room.abort());
    },
    end() {
      begin();
      stream.end();
    },
    fail(error) {
      if (stream.writableEnded) return 'said';
      begun.reject(error);
      stream.destroy(error as Failure);
      return hasBegun ? 'cut' : 'unsaid';
    },
  };
}
