import { makeKey } from '../blob-key.ts';
import type { BlobStore, PutOptions } from '../blob-store.ts';
import { createLogIndexer } from './index-log.ts';
import type { LogIndex } from './log-index.ts';

/** Where the log of `id` lies, and its index. */
export function logKeys(id: number): { readonly log: string; readonly index: string } {
  return { log: makeKey('logs', id, 'log'), index: makeKey('logs', id, 'log.index') };
}

/**
 * Puts a finished log and then its index, made while the bytes pass. Until it resolves the source has to be kept; to seal again after a
 * crash is fine.
 * @throws Failure as `put`
 */
export async function sealLog(
  store: BlobStore,
  id: number,
  source: AsyncIterable<Uint8Array>,
  options: PutOptions,
): Promise<LogIndex> {
  const indexer = createLogIndexer();
  const keys = logKeys(id);
  const stored = await store.put(keys.log, seen(source, indexer), options);
  const index: LogIndex = { version: 1, ...stored, ...indexer.finish() };
  const bytes = Buffer.from(JSON.stringify(index));
  const { signal } = options;
  await store.put(keys.index, only(bytes), { maxBytes: bytes.length, ...(signal === undefined ? {} : { signal }) });
  return index;
}

async function* seen(
  source: AsyncIterable<Uint8Array>,
  watcher: { push(bytes: Uint8Array): void },
): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    watcher.push(chunk);
    yield chunk;
  }
}

async function* only(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
