import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { root } from '../check-steps.ts';

/**
 * Files that take longest, the longest of each project first. Vitest knows them from a run before, which a fresh checkout has not had, and begins with the largest
 * otherwise: the longest would be begun last, and every core but one would wait for it.
 */
export const LONGEST: readonly string[] = [
  'test/campaign/campaign.test.ts',
  'test/crash/crash.test.ts',
  'test/campaign/runners.test.ts',
  'test/crash/full-disk.test.ts',
  'test/daemon/matrix/matrix.e2e.test.ts',
  'test/recovery/recover.e2e.test.ts',
  'test/serve/serve.e2e.test.ts',
  'src/executors/docker/remote/remote.cut.test.ts',
  'src/lifecycle/testing/model/model.test.ts',
  'src/coordinator/routes.replay.test.ts',
  'src/coordinator/projects/create-project-for-push.test.ts',
  'src/coordinator/hostile/hostile.slow.test.ts',
  'src/store/open-store.crash.test.ts',
  'src/blobs/disk/write-blob.kill.test.ts',
];

/** What takes longest is begun first. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => compareProjects(a, b) || rankOf(a) - rankOf(b));
  }
}

/** One project's files stay together. */
function compareProjects(a: TestSpecification, b: TestSpecification): number {
  return a.project.name.localeCompare(b.project.name);
}

function rankOf({ moduleId }: TestSpecification): number {
  const rank = LONGEST.indexOf(relative(root, moduleId));
  return rank < 0 ? LONGEST.length : rank;
}
