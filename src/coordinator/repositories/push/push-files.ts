import { commitFiles, type FileToCommit } from '../../../git/index.ts';
import type { UserRecord } from '../../../store/index.ts';
import type { Parts } from '../../parts.ts';
import type { PipelineAnswer } from '../../pipelines/index.ts';
import { notePush } from './note-push.ts';
import { findProjectForPush } from './project-for-push.ts';
import { parsePushOptions } from './push-options.ts';
import { makePipelineOf } from './work-off-ref.ts';

const NO_SHA = '0'.repeat(40);

/** Puts the first commit into a project's repository, and goes on as if the user had pushed it. What became of its pipeline; null: the project is gone. */
export async function pushFiles(
  parts: Parts,
  { projectId, user, files, message }: FilesToPush,
): Promise<PipelineAnswer | null> {
  const project = await parts.store.read((db) => findProjectForPush(db, projectId));
  if (project === null) return null;
  const ref = 'refs/heads/main';
  const { name, email } = user;
  const newSha = await commitFiles(parts.repositories.at(projectId), {
    ref,
    files,
    message,
    author: { name, email },
    at: parts.clock.now(),
  });
  const refs = [{ ref, oldSha: NO_SHA, newSha, accepted: true, reason: null }];
  const options = parsePushOptions([]);
  const push = { project, userId: user.id, refs, options, expectedId: null, isHeld: true };
  const { taken } = await notePush(parts, push);
  const [first] = taken;
  return first === undefined ? null : await makePipelineOf(parts, first);
}

export interface FilesToPush {
  readonly projectId: number;
  readonly user: Pick<UserRecord, 'id' | 'name' | 'email'>;
  readonly files: readonly FileToCommit[];
  readonly message: string;
}
