import { listRunnerProjects, type RunnerFit, type RunnerRecord } from '../../store/index.ts';
import { HttpError } from '../http/index.ts';
import type { Parts } from '../parts.ts';
import { lifecycleFeatures } from './runner-info.ts';

/** Which jobs a runner may have, as it is set up and by the features that it names. @throws HttpError 422: a project's runner of no project */
export async function fitOf({ store }: Parts, runner: RunnerRecord, features: readonly string[]): Promise<RunnerFit> {
  const projects =
    runner.kind === 'instance' ? ('shared' as const) : await store.read((db) => listRunnerProjects(db, runner.id));
  if (projects.length === 0) throw new HttpError(422, { message: 'Runner is orphaned' });
  const { cancelGracefully, cleanupOnly } = lifecycleFeatures(features);
  return {
    projects,
    tags: runner.tags,
    runsUntagged: runner.runUntagged,
    isProtected: runner.isProtected,
    cancelsGracefully: cancelGracefully,
    takesCleanups: cleanupOnly,
  };
}
