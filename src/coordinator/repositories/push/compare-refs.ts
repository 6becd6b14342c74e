import { listRefs } from '../../../git/index.ts';
import { listProjectIds, listRefsSeen, noteRefs, putRefMove, type RefMove } from '../../../store/index.ts';
import type { Parts } from '../../parts.ts';
import type { Sweep } from '../../work/index.ts';
import { movesToActOn } from './moves-to-act-on.ts';
import { pushesUnderWay } from './pushes-under-way.ts';

/** 4 ms each. */
const PROJECTS_A_TURN = 1_000;
/** A server that has moved a ref takes note of it within a second or two. */
const GRACE_MS = 30_000;

/**
 * Finds refs that moved without anybody taking note: a server died in between. What their push said is lost; that they need a pipeline is not.
 * Pushes of this process are known to be under way; with a database that others share, a ref has to be seen out of step twice.
 */
export function compareRefs(): Sweep {
  let after = 0;
  const suspects = new Map<string, { readonly sha: string | null; readonly since: number }>();
  const isOverdue = (parts: Parts, key: string, sha: string | null): boolean => {
    const found = suspects.get(key);
    if (found === undefined || found.sha !== sha) suspects.set(key, { sha, since: parts.clock.monotonic() });
    return found !== undefined && found.sha === sha && parts.clock.monotonic() - found.since >= GRACE_MS;
  };
  return {
    name: 'compare_refs',
    everyMs: 60_000,
    async run(parts, signal) {
      const { ids, isShared } = await parts.store.read(async (db) => ({
        ids: await listProjectIds(db, after, PROJECTS_A_TURN),
        isShared: db.engine === 'postgres',
      }));
      after = ids.length < PROJECTS_A_TURN ? 0 : (ids.at(-1) ?? 0);
      for (const id of ids) {
        if (signal.aborted) return;
        await compareProject(parts, id, (ref, sha) => !isShared || isOverdue(parts, `${id} ${ref}`, sha)).catch(
          (error: unknown) => parts.log.warn({ err: error, project_id: id }, 'refs could not be compared'),
        );
      }
    },
  };
}

async function compareProject(
  parts: Parts,
  projectId: number,
  mayAct: (ref: string, sha: string | null) => boolean,
): Promise<void> {
  const under = pushesUnderWay(parts.store);
  if (!parts.repositories.has(projectId) || under.has(projectId)) return;
  const seen = await parts.store.read((db) => listRefsSeen(db, projectId));
  const current = new Map((await listRefs(parts.repositories.at(projectId))).map(({ name, sha }) => [name, sha]));
  // One that began meanwhile will take note itself; what it has moved may be in this list.
  if (under.has(projectId)) return;
  const names = new Set([...seen.keys(), ...current.keys()]);
  const moved = [...names]
    .filter((ref) => seen.get(ref) !== current.get(ref))
    .map((ref) => ({ ref, sha: current.get(ref) ?? null }))
    .filter(({ ref, sha }) => mayAct(ref, sha));
  if (moved.length > 0) await takeNote(parts, projectId, seen, moved);
}

async function takeNote(
  { store, log }: Parts,
  projectId: number,
  seen: ReadonlyMap<string, string>,
  moved: readonly { readonly ref: string; readonly sha: string | null }[],
): Promise<void> {
  const made = await store.write(async (tx) => {
    const now = await listRefsSeen(tx, projectId);
    const still = moved.filter(({ ref }) => now.get(ref) === seen.get(ref));
    await noteRefs(tx, projectId, still);
    const moves = still.flatMap(({ ref, sha }): readonly RefMove[] => {
      const beforeSha = seen.get(ref) ?? null;
      const nobody = { userId: null, isSkipped: false, variables: [], inputs: {} };
      return sha === null ? [] : [{ projectId, ref, sha, beforeSha, ...nobody }];
    });
    const { chosen } = movesToActOn(moves);
    for (const move of chosen) await putRefMove(tx, move, null);
    return chosen.length;
  });
  log.info({ project_id: projectId, refs: moved.length, pipelines: made }, 'took note of refs that had moved');
}
