import { listProjectIds } from '../../../store/index.ts';
import type { Parts } from '../../parts.ts';
import type { Sweep } from '../../work/index.ts';
import { compareProject } from './compare-project.ts';

export const COMPARE_REFS = 'compare_refs';
/** 4 ms each. */
const PROJECTS_A_TURN = 1_000;
/** A server that has moved a ref takes note of it within a second or two. */
const GRACE_MS = 30_000;

interface Suspect {
  readonly sha: string | null;
  /** By the monotonic clock. */
  readonly since: number;
}

/**
 * Finds refs that moved without anybody taking note: a server died in between. Pushes of this process are known to be under way; with a database that
 * others share, a ref has to be seen out of step twice, so that whoever pushes hears of the pipeline from the server that they talk to.
 */
export function compareRefs(): Sweep {
  let after = 0;
  const suspects = new Map<number, ReadonlyMap<string, Suspect>>();
  /** Those of `refs` that have been where they are for a while. What is in step again is no suspect any more. */
  const overdue = (parts: Parts, projectId: number, refs: ReadonlyMap<string, string | null>): ReadonlySet<string> => {
    const known = suspects.get(projectId);
    const now = parts.clock.monotonic();
    const next = new Map<string, Suspect>();
    for (const [ref, sha] of refs) {
      const found = known?.get(ref);
      next.set(ref, found?.sha === sha ? found : { sha, since: now });
    }
    if (next.size > 0) suspects.set(projectId, next);
    else suspects.delete(projectId);
    return new Set([...next].filter(([, { since }]) => now - since >= GRACE_MS).map(([ref]) => ref));
  };
  return {
    name: COMPARE_REFS,
    everyMs: 60_000,
    async run(parts, signal) {
      const { ids, isShared } = await parts.store.read(async (db) => ({
        ids: await listProjectIds(db, after, PROJECTS_A_TURN),
        isShared: db.engine === 'postgres',
      }));
      after = ids.length < PROJECTS_A_TURN ? 0 : (ids.at(-1) ?? 0);
      for (const id of ids) {
        if (signal.aborted) return;
        const choose = (refs: ReadonlyMap<string, string | null>) =>
          isShared ? overdue(parts, id, refs) : new Set(refs.keys());
        await compareProject(parts, id, { isShared, choose }).catch((error: unknown) =>
          parts.log.warn({ err: error, project_id: id }, 'refs could not be compared'),
        );
      }
    },
  };
}
