import { makeKey } from '../blob-key.ts';
import type { BlobStore, PutOptions } from '../blob-store.ts';
import { createLineCounter } from './count-lines.ts';
import { createSectionFinder } from './find-sections.ts';
import type { LogIndex } from './log-index.ts';

/** Bounds of an index: some 200 KiB of blocks and 1 MiB of sections at most. */
const MAX_BLOCKS = 16_384;
const MAX_SECTIONS = 10_000;

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
  const lines = createLineCounter(MAX_BLOCKS);
  const sections = createSectionFinder(MAX_SECTIONS);
  const keys = logKeys(id);
  const stored = await store.put(keys.log, seen(source, [lines, sections]), options);
  const { newlines, endsWithNewline, blockBytes, newlinesBefore } = lines.count();
  const index: LogIndex = {
    version: 1,
    ...stored,
    lines: newlines + (endsWithNewline ? 0 : 1),
    blockBytes,
    newlinesBefore,
    ...sections.finish(),
  };
  const bytes = Buffer.from(JSON.stringify(index));
  const { signal } = options;
  await store.put(keys.index, only(bytes), { maxBytes: bytes.length, ...(signal === undefined ? {} : { signal }) });
  return index;
}

async function* seen(
  source: AsyncIterable<Uint8Array>,
  watchers: readonly { push(bytes: Uint8Array): void }[],
): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    for (const watcher of watchers) watcher.push(chunk);
    yield chunk;
  }
}

async function* only(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
