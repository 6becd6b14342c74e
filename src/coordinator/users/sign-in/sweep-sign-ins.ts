import { deleteExpiredSessions, deleteOldSignInLinks } from '../../../store/index.ts';
import type { Sweep } from '../../work/index.ts';

/** Until then a link says that it was used, and not that there never was one. */
const KEPT_MS = 7 * 24 * 60 * 60 * 1000;

/** Removes sessions that have expired, and links that have long been over. */
export const signInsSweep: Sweep = {
  name: 'users.sign-ins',
  everyMs: 3_600_000,
  async run({ store }) {
    await store.write(async (tx) => {
      await deleteExpiredSessions(tx);
      await deleteOldSignInLinks(tx, tx.now() - KEPT_MS);
    });
  },
};
