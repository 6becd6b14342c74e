import type { Static } from 'typebox';
import { type Db, listObligations, sumObligations } from '../../../store/index.ts';
import type { OBLIGATION_SUMS, ObligationNews } from '../schemas/obligation.ts';
import { instant } from '../shapes/show-common.ts';
import { showObligations } from './show-obligations.ts';

const DAYS = 30;
const DAY_MS = 86_400_000;
const MOST_OPEN = 100;

/** @param projectId null: of all projects. */
export async function loadSums(db: Db, projectId: number | null): Promise<Static<typeof OBLIGATION_SUMS>> {
  const { kinds, ended, met } = await sumObligations(db, projectId, db.now() - DAYS * DAY_MS);
  return { ...kinds, days: DAYS, ended, met };
}

/** What a watcher of obligations is told. */
export async function loadObligationNews(db: Db, projectId: number | null, base: string): Promise<ObligationNews> {
  const page = { limit: MOST_OPEN, offset: 0, after: null, order: 'desc' } as const;
  const open = await listObligations(db, { kind: 'open', projectId, withSettled: false }, page);
  return {
    sums: await loadSums(db, projectId),
    open: [...(await showObligations(db, open, base))],
    now: instant(db.now()),
  };
}
