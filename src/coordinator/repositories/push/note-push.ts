import { randomUUID } from 'node:crypto';
import { listRefs, type PushedRef, type RefState, setDefaultBranch } from '../../../git/index.ts';
import {
  insertProtectedRef,
  isSameNote,
  listExpectedPushes,
  listRefsSeen,
  lockRefsSeen,
  noteRefs,
  putRefMove,
  type RefMove,
  type RefNote,
  setFirstBranch,
  type Tx,
  takeExpectedPush,
} from '../../../store/index.ts';
import { ACCESS_LEVELS } from '../../access/index.ts';
import type { Parts } from '../../parts.ts';
import { movesToActOn } from './moves-to-act-on.ts';
import type { ProjectForPush } from './project-for-push.ts';
import type { PushOptions } from './push-options.ts';
import { linkedTo, pushesDone } from './pushes-done.ts';
import { pushesUnderWay } from './pushes-under-way.ts';
import { isNoSha, namedRef } from './ref-name.ts';
import type { RefMoveTaken } from './work-off-ref.ts';

/** Each time a push by another server came in between. */
const MOST_TRIES = 20;
/** As long as a pipeline may take to be made before another server tries. */
const HELD_MS = 30_000;

export interface NotedPush {
  /** In the outbox, and held by the caller if that was wished: to be worked off now. */
  readonly taken: readonly RefMoveTaken[];
  readonly words: readonly string[];
}

export interface PushToNote {
  readonly project: ProjectForPush;
  readonly userId: number;
  /** Those that moved. */
  readonly refs: readonly PushedRef[];
  readonly options: Omit<PushOptions, 'mistakes'>;
  /** What was written down before git moved anything; null: nothing was. */
  readonly expectedId: number | null;
  /** Whether the caller makes the pipelines now. Otherwise the outbox does. */
  readonly isHeld: boolean;
}

/**
 * Takes note of refs that a push has moved, unless somebody else has done so, and with it of pushes before it that nobody took note of: one transaction, from
 * which on nothing of them can be lost.
 */
export function notePush(parts: Parts, push: PushToNote): Promise<NotedPush> {
  const { id } = push.project;
  return pushesUnderWay(parts.store).inTurn(id, async () => {
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const before = await parts.store.read((db) => listRefsSeen(db, id));
      const current = await listRefs(parts.repositories.at(id));
      const first = await adoptFirstBranch(parts, push, current);
      const noted = await write(parts, push, { before, current, first });
      if (noted !== 'overtaken') return noted;
    }
    throw new Error('other pushes are always faster');
  });
}

/** The branch that becomes the default one by this push: the one that was meant to be, else the first that came. Null: there was one before. */
async function adoptFirstBranch(
  parts: Parts,
  { project, refs }: PushToNote,
  current: readonly RefState[],
): Promise<string | null> {
  const there = new Set(current.map(({ name }) => name));
  const usual = `refs/heads/${project.defaultBranch ?? ''}`;
  const isNew = refs.some(({ ref, oldSha }) => ref === usual && isNoSha(oldSha));
  if (there.has(usual)) return isNew ? project.defaultBranch : null;
  const pushed = refs.find(({ ref }) => there.has(ref) && namedRef(ref)?.kind === 'branch');
  const name = pushed === undefined ? null : (namedRef(pushed.ref)?.name ?? null);
  if (name !== null) await setDefaultBranch(parts.repositories.at(project.id), name);
  return name;
}

interface Found {
  /** What had been written when the repository was looked at. */
  readonly before: ReadonlyMap<string, RefNote>;
  readonly current: readonly RefState[];
  readonly first: string | null;
}

/** `overtaken`: another server has written about one of these refs since, and may have seen it later than we did. */
function write(
  { store }: Parts,
  push: PushToNote,
  { before, current, first }: Found,
): Promise<NotedPush | 'overtaken'> {
  const { project, refs, expectedId, isHeld } = push;
  const now = new Map(current.map(({ name, sha }) => [name, sha]));
  return store.write(async (tx) => {
    const seen = await lockRefsSeen(tx, project.id);
    const known = { id: expectedId, refs };
    const done = pushesDone(await listExpectedPushes(tx, project.id), { current: now, seen }, known);
    const others = linkedTo(done, refs);
    const names = [...new Set([...refs, ...others.flatMap((other) => other.refs)].map(({ ref }) => ref))];
    if (names.some((ref) => !isSameNote(seen.get(ref), before.get(ref)))) return 'overtaken';
    if (expectedId !== null && !(await takeExpectedPush(tx, expectedId))) return NOTED_BY_ANOTHER;
    if (first !== null) await adopt(tx, project.id, first);
    // Where they are by now: a push of the same ref may have overtaken this one.
    await noteRefs(
      tx,
      project.id,
      names.map((ref) => ({ ref, sha: now.get(ref) ?? null })),
    );
    for (const other of [...others].reverse()) {
      await takeExpectedPush(tx, other.push.id);
      const { chosen } = movesToActOn(movesOf(project.id, other.refs, other.push));
      for (const move of chosen) await putRefMove(tx, move, null);
    }
    const { chosen, words } = movesToActOn(movesOf(project.id, refs, { userId: push.userId, ...push.options }));
    const reservation = randomUUID();
    const taken: RefMoveTaken[] = [];
    for (const move of chosen) {
      const effectId = await putRefMove(tx, move, isHeld ? { reservation, until: tx.now() + HELD_MS } : null);
      taken.push({ effectId, reservation, move });
    }
    return { taken, words };
  });
}

function movesOf(
  projectId: number,
  refs: readonly Pick<PushedRef, 'ref' | 'oldSha' | 'newSha'>[],
  { userId, isSkipped, variables, inputs }: Pick<RefMove, 'userId' | 'isSkipped' | 'variables' | 'inputs'>,
): readonly RefMove[] {
  return refs
    .filter(({ newSha }) => !isNoSha(newSha))
    .map(({ ref, oldSha, newSha }) => {
      const beforeSha = isNoSha(oldSha) ? null : oldSha;
      return { projectId, ref, sha: newSha, beforeSha, userId, isSkipped, variables, inputs };
    });
}

const NOTED_BY_ANOTHER: NotedPush = { taken: [], words: ['The pipelines of this push are being made already.'] };

/** The default branch is protected, as long as nobody says otherwise. */
async function adopt(tx: Tx, projectId: number, branch: string): Promise<void> {
  await setFirstBranch(tx, projectId, branch);
  const { maintainer } = ACCESS_LEVELS;
  await insertProtectedRef(tx, projectId, {
    kind: 'branch',
    pattern: branch,
    pushRole: maintainer,
    mergeRole: maintainer,
  });
}
