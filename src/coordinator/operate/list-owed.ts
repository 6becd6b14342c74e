import {
  listObligations,
  listProjectViews,
  OBLIGATION_KINDS,
  type ObligationKind,
  type Store,
} from '../../store/index.ts';

export interface Owed {
  readonly jobId: number;
  readonly state: ObligationKind;
  /** Full path. */
  readonly project: string;
  readonly name: string;
}

const A_TURN = 500;

/** Cleanups that are open, then those that did not end well and that nobody has settled. */
export async function* listOwed(store: Store): AsyncGenerator<Owed> {
  for (const state of OBLIGATION_KINDS) {
    for (let after: number | null = null; ; ) {
      const turn: readonly Owed[] = await store.read(async (db) => {
        const page = { limit: A_TURN, offset: 0, after, order: 'asc' } as const;
        const jobs = await listObligations(db, { kind: state, projectId: null, withSettled: false }, page);
        const projects = await listProjectViews(db, [...new Set(jobs.map(({ projectId }) => projectId))]);
        return jobs.map(({ id, projectId, name }) => ({
          jobId: id,
          state,
          project: projects.get(projectId)?.fullPath ?? String(projectId),
          name,
        }));
      });
      yield* turn;
      const last = turn.at(-1);
      if (last === undefined) break;
      after = last.jobId;
    }
  }
}
