import { Failure } from '../../../base/index.ts';
import { deleteLogChunks, findLogChunk, insertLogChunk } from '../../../store/index.ts';
import type { LogPlace } from './log-place.ts';

/** Replicas: rows of the database that they share. A chunk is what a runner sent at once. */
export const chunkPlace: LogPlace = {
  async put() {},

  async note(tx, jobId, at, bytes) {
    await insertLogChunk(tx, jobId, at, bytes);
  },

  async *read({ store }, jobId, from, to) {
    for (let at = from; at < to; ) {
      const here = at;
      const chunk = await store.read((db) => findLogChunk(db, jobId, here));
      if (chunk === null) throw new Failure('blob_not_found', `the log of job ${jobId} has no byte ${at} any more`);
      const bytes = chunk.bytes.subarray(at - chunk.start, to - chunk.start);
      yield bytes;
      at += bytes.length;
    }
  },

  async remove({ store }, jobId) {
    await store.write((tx) => deleteLogChunks(tx, jobId));
  },
};
