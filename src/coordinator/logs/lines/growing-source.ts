import { Failure } from '../../../base/index.ts';
import { findLogBlock, findLogMark, type LogMark, type LogRecord, MARK_BYTES } from '../../../store/index.ts';
import type { Parts } from '../../parts.ts';
import { placeOf } from '../place/place-of.ts';
import { growingSections } from './growing-sections.ts';
import type { LinePlace, LineSource } from './line-source.ts';

/** A log that grows, by the marks that its appending left. @throws Failure `blob_not_found` from any of it: it was sealed, erased or taken back meanwhile. */
export function growingSource(parts: Parts, log: LogRecord & { readonly newlines: number }): LineSource {
  const { store } = parts;
  const { jobId, keptBytes, newlines, isOpen, resends, place } = log;
  const placed = (mark: LogMark | null): LinePlace => {
    if (mark === null || mark.block * MARK_BYTES > keptBytes)
      throw new Failure('blob_not_found', `the log of job ${jobId} is not what it was any more`);
    return { offset: mark.block * MARK_BYTES, newlines: mark.newlines };
  };
  const within = async (line: number): Promise<LinePlace> =>
    placed(await store.read((db) => findLogMark(db, jobId, line)));
  return {
    jobId,
    resends,
    sizeBytes: keptBytes,
    total: newlines + (isOpen ? 1 : 0),
    isGrowing: true,
    errorLine: null,
    read: (from, to) => placeOf(place).read(parts, jobId, from, to),
    before: async (line) => (line === 0 ? { offset: 0, newlines: 0 } : await within(line - 1)),
    within,
    at: async (offset) => {
      const block = Math.floor(Math.min(offset, Math.max(0, keptBytes - 1)) / MARK_BYTES);
      return block === 0
        ? { offset: 0, newlines: 0 }
        : placed(await store.read((db) => findLogBlock(db, jobId, block)));
    },
    sections: async () => await growingSections(parts, log),
  };
}
