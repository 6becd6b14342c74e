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
import { linkedTo, type PushDone, pushesDone } from '../push/pushes-done.ts';
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
  const done = pushesDone(expected, { current, seen });
  const pushed = done.flatMap(({ refs }) => refs.map(({ ref }) => ref));
  const moved = new Map([...outOfStep, ...pushed].map((ref) => [ref, current.get(ref) ?? null]));
  const chosen = comparing.choose(moved);
  await noteDone(parts, projectId, { done, chosen });
  await forgetUndone(parts, expected, { done, isShared: comparing.isShared });
  for (const ref of pushed) moved.delete(ref);
  const nobodys = [...moved].filter(([ref]) => chosen.has(ref)).map(([ref, sha]) => ({ ref, sha }));
  if (nobodys.length > 0) await takeNote(parts, projectId, seen, nobodys);
}

interface Done {
  /** The newest first. */
  readonly done: readonly PushDone[];
}

/** What git has done of pushes that were written down is noted as their servers would have, the pushes in the order in which they came. */
async function noteDone(
  parts: Parts,
  projectId: number,
  { done, chosen }: Done & { readonly chosen: ReadonlySet<string> },
): Promise<void> {
  const [newest] = done;
  if (newest === undefined) return;
  const together = linkedTo(done, newest.refs);
  // If it is early for one of them, its server may still take note.
  if (together.every(({ refs }) => refs.every(({ ref }) => chosen.has(ref)))) {
    const project = await parts.store.read((db) => findProjectForPush(db, projectId));
    if (project === null) return;
    const { id, userId, isSkipped, variables, inputs } = newest.push;
    const options = { isSkipped, variables, inputs };
    const refs = newest.refs.map((command) => ({ ...command, accepted: true, reason: null }));
    await notePush(parts, { project, userId, refs, options, expectedId: id, isHeld: false });
    parts.log.info({ project_id: projectId, pushes: together.length }, 'took note of pushes whose server did not');
  }
  const left = done.filter((each) => !together.includes(each));
  await noteDone(parts, projectId, { done: left, chosen });
}

/** A push that came to nothing. */
async function forgetUndone(
  { store, clock }: Parts,
  expected: readonly ExpectedPushRecord[],
  { done, isShared }: Done & { readonly isShared: boolean },
): Promise<void> {
  const isOver = ({ createdAt }: ExpectedPushRecord) => !isShared || createdAt < clock.now() - LONGEST_PUSH_MS;
  for (const push of expected) {
    const isDone = done.some((each) => each.push.id === push.id);
    if (!isDone && isOver(push)) await store.write((tx) => takeExpectedPush(tx, push.id));
  }
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
