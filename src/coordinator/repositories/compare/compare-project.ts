import { listRefs } from '../../../git/index.ts';
import {
  type ExpectedPushRecord,
  isSameNote,
  listExpectedPushes,
  listRefsSeen,
  lockRefsSeen,
  noteRefs,
  putRefMove,
  type RefMove,
  type RefNote,
  takeExpectedPush,
} from '../../../store/index.ts';
import type { Parts } from '../../parts.ts';
import { movesToActOn } from '../push/moves-to-act-on.ts';
import { notePush } from '../push/note-push.ts';
import { findProjectForPush } from '../push/project-for-push.ts';
import { pushesUnderWay } from '../push/pushes-under-way.ts';

/** With a database that others share, a push may be under way for hours. */
const LONGEST_PUSH_MS = 24 * 60 * 60_000;

export interface Comparing {
  /** Other servers may be at it too. */
  readonly isShared: boolean;
  /** Which of the refs that are out of step, by where they are now (null: gone), are to be acted on. */
  choose(refs: ReadonlyMap<string, string | null>): ReadonlySet<string>;
}

/** Takes note of what moved in one repository: in the name of whoever pushed it where that was written down, else in nobody's. */
export async function compareProject(parts: Parts, projectId: number, comparing: Comparing): Promise<void> {
  const under = pushesUnderWay(parts.store);
  if (!parts.repositories.has(projectId) || under.has(projectId)) return;
  const { seen, expected } = await parts.store.read(async (db) => ({
    seen: await listRefsSeen(db, projectId),
    expected: await listExpectedPushes(db, projectId),
  }));
  const current = new Map((await listRefs(parts.repositories.at(projectId))).map(({ name, sha }) => [name, sha]));
  // One that began meanwhile will take note itself; what it has moved may be in this list.
  if (under.has(projectId)) return;
  const names = new Set([...seen.keys(), ...current.keys()]);
  const outOfStep = [...names].filter((ref) => seen.get(ref)?.sha !== current.get(ref));
  const moved = new Map(outOfStep.map((ref) => [ref, current.get(ref) ?? null]));
  const chosen = comparing.choose(moved);
  for (const push of expected) await settle(parts, push, { moved, chosen, isShared: comparing.isShared });
  const nobodys = [...moved].filter(([ref]) => chosen.has(ref)).map(([ref, sha]) => ({ ref, sha }));
  if (nobodys.length > 0) await takeNote(parts, projectId, seen, nobodys);
}

interface Moved {
  /** By ref, where it is now. What is settled here is taken out. */
  readonly moved: Map<string, string | null>;
  readonly chosen: ReadonlySet<string>;
  readonly isShared: boolean;
}

/** A push that was written down: what of it git has done is noted as its server would have; one that came to nothing is forgotten. */
async function settle(parts: Parts, push: ExpectedPushRecord, { moved, chosen, isShared }: Moved): Promise<void> {
  const { id, projectId, userId, refs, createdAt, ...options } = push;
  const done = refs.filter(({ ref, newSha }) => moved.has(ref) && (moved.get(ref) ?? noSha(newSha)) === newSha);
  if (done.length === 0) {
    const isOver = !isShared || createdAt < parts.clock.now() - LONGEST_PUSH_MS;
    if (isOver) await parts.store.write((tx) => takeExpectedPush(tx, id));
    return;
  }
  // They moved together. If it is early for one of them, its server may still take note.
  const isDue = done.every(({ ref }) => chosen.has(ref));
  for (const { ref } of done) moved.delete(ref);
  if (!isDue) return;
  const project = await parts.store.read((db) => findProjectForPush(db, projectId));
  if (project === null) return;
  const pushed = done.map((command) => ({ ...command, accepted: true, reason: null }));
  await notePush(parts, { project, userId, refs: pushed, options, expectedId: id, isHeld: false });
  parts.log.info({ project_id: projectId, refs: done.length }, 'took note of a push whose server did not');
}

function noSha(like: string): string {
  return '0'.repeat(like.length);
}

async function takeNote(
  { store, log }: Parts,
  projectId: number,
  seen: ReadonlyMap<string, RefNote>,
  moved: readonly { readonly ref: string; readonly sha: string | null }[],
): Promise<void> {
  const made = await store.write(async (tx) => {
    const now = await lockRefsSeen(tx, projectId);
    const still = moved.filter(({ ref }) => isSameNote(now.get(ref), seen.get(ref)));
    await noteRefs(tx, projectId, still);
    const moves = still.flatMap(({ ref, sha }): readonly RefMove[] => {
      const beforeSha = seen.get(ref)?.sha ?? null;
      const nobody = { userId: null, isSkipped: false, variables: [], inputs: {} };
      return sha === null ? [] : [{ projectId, ref, sha, beforeSha, ...nobody }];
    });
    const { chosen } = movesToActOn(moves);
    for (const move of chosen) await putRefMove(tx, move, null);
    return chosen.length;
  });
  log.info({ project_id: projectId, refs: moved.length, pipelines: made }, 'took note of refs that had moved');
}
