import { isAbsolute, join, normalize, relative, sep } from 'node:path';
import { finalValues, type JobPayload, plainVariable, type Variable } from '../../protocol/index.ts';
import type { Build } from './build.ts';

/** Where a job wants its sources: null where it does not say (`GIT_CLONE_PATH`), else the path, or why it cannot be that. */
export function wantedPath(
  { variables }: Pick<JobPayload, 'variables'>,
  build: Omit<Build, 'refusal'>,
  isAllowed: boolean,
): { readonly path: string } | { readonly refusal: string } | null {
  const { values } = finalValues([...facts(build), ...variables], () => '');
  const wanted = values.get('GIT_CLONE_PATH')?.trim() ?? '';
  if (wanted === '') return null;
  if (!isAllowed) return { refusal: 'GIT_CLONE_PATH is not allowed here: set `enabled` in [runners.custom_build_dir]' };
  const path = normalize(isAbsolute(wanted) ? wanted : join(build.buildsDir, wanted)).replace(/\/+$/, '');
  const within = relative(build.buildsDir, path);
  if (within === '' || within === '..' || within.startsWith(`..${sep}`)) {
    return { refusal: `GIT_CLONE_PATH has to lie inside of CI_BUILDS_DIR (${build.buildsDir}); it is ${path}` };
  }
  return { path };
}

function facts(build: Omit<Build, 'refusal'>): Variable[] {
  const known = {
    CI_BUILDS_DIR: build.buildsDir,
    CI_PROJECT_DIR: build.projectDir,
    CI_CONCURRENT_ID: String(build.concurrentId),
    CI_CONCURRENT_PROJECT_ID: String(build.slot),
    CI_RUNNER_SHORT_TOKEN: build.shortToken,
  };
  return Object.entries(known).map(([key, value]) => plainVariable(key, value, { raw: true }));
}
