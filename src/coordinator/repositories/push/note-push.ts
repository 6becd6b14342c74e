import { randomUUID } from 'node:crypto';
import { listRefs, type PushedRef, type RefState, setDefaultBranch } from '../../../git/index.ts';
import {
  insertProtectedRef,
  noteRefs,
  putRefMove,
  type RefMove,
  setFirstBranch,
  type Tx,
} from '../../../store/index.ts';
import { ACCESS_LEVELS } from '../../access/index.ts';
import type { Parts } from '../../parts.ts';
import { movesToActOn } from './moves-to-act-on.ts';
import type { ProjectForPush } from './project-for-push.ts';
import type { PushOptions } from './push-options.ts';
import { pushesUnderWay } from './pushes-under-way.ts';
import { isNoSha, namedRef } from './ref-name.ts';
import type { RefMoveTaken } from './work-off-ref.ts';

/** As long as a pipeline may take to be made before another server tries. */
const HELD_MS = 30_000;

export interface NotedPush {
  /** In the outbox, and held by the caller: to be worked off now. */
  readonly taken: readonly RefMoveTaken[];
  readonly words: readonly string[];
}

export interface PushToNote {
  readonly project: ProjectForPush;
  readonly userId: number;
  /** Those that moved. */
  readonly refs: readonly PushedRef[];
  readonly options: PushOptions;
}

/** Takes note of refs that a push has moved: one transaction, from which on nothing of it can be lost. */
export function notePush(parts: Parts, push: PushToNote): Promise<NotedPush> {
  return pushesUnderWay(parts.store).inTurn(push.project.id, async () => {
    const current = await listRefs(parts.repositories.at(push.project.id));
    const first = await adoptFirstBranch(parts, push, current);
    return await write(parts, push, current, first);
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

function write(
  { store }: Parts,
  { project, refs, userId, options }: PushToNote,
  current: readonly RefState[],
  firstBranch: string | null,
): Promise<NotedPush> {
  const now = new Map(current.map(({ name, sha }) => [name, sha]));
  const { isSkipped, variables, inputs } = options;
  const moves = refs
    .filter(({ newSha }) => !isNoSha(newSha))
    .map(({ ref, oldSha, newSha }): RefMove => {
      const beforeSha = isNoSha(oldSha) ? null : oldSha;
      return { projectId: project.id, ref, sha: newSha, beforeSha, userId, isSkipped, variables, inputs };
    });
  const { chosen, words } = movesToActOn(moves);
  const reservation = randomUUID();
  return store.write(async (tx) => {
    if (firstBranch !== null) await adopt(tx, project.id, firstBranch);
    // Where they are by now: a push of the same ref may have overtaken this one.
    await noteRefs(
      tx,
      project.id,
      refs.map(({ ref }) => ({ ref, sha: now.get(ref) ?? null })),
    );
    const taken: RefMoveTaken[] = [];
    for (const move of chosen) {
      const effectId = await putRefMove(tx, move, { reservation, until: tx.now() + HELD_MS });
      taken.push({ effectId, reservation, move });
    }
    return { taken, words };
  });
}

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
