import { deleteExpiredArtifact, listExpiredArtifacts } from '../../store/index.ts';
import type { Sweep } from '../work/index.ts';
import { removeDoomed } from './doomed-blobs.ts';

const MOST = 200;
const EVERY_MS = 10 * 60_000;

/** Takes away what has expired: the row, then the bytes. What a ref's latest successful pipeline made stays. */
export const expireArtifacts: Sweep = {
  name: 'expired artifacts',
  everyMs: EVERY_MS,
  async run(parts, signal) {
    const { store } = parts;
    const expired = await store.read((db) => listExpiredArtifacts(db, 0, MOST));
    for (const { id } of expired) {
      if (signal.aborted) return;
      const blob = await store.write((tx) => deleteExpiredArtifact(tx, id));
      if (blob !== null) await removeDoomed(parts, [blob]);
    }
  },
};
