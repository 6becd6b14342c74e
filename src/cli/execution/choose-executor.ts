import type { Problem } from '../../base/index.ts';
import { nameEngine, whyNoEngine } from '../../executors/index.ts';
import type { LocalRunOptions } from '../../local/index.ts';
import type { Plan } from '../../protocol/index.ts';
import { DEFAULT_RUNNER_SETTINGS, type RunnerSettings } from '../../runner/index.ts';
import type { Host } from '../host.ts';
import type { Settings } from '../settings/settings.ts';
import { LOCAL_DOCKER_SETTINGS } from './local-docker-settings.ts';

/** Where the jobs of a run are run. */
export interface ExecutorChoice {
  readonly settingsFor: LocalRunOptions['settingsFor'];
  /** What is to be said before a pipeline of the run begins; null: nothing, or it has been said before. */
  readonly noticeOf: (plan: Plan) => Problem | null;
}

const ON_HOST: ExecutorChoice = { settingsFor: () => DEFAULT_RUNNER_SETTINGS, noticeOf: () => null };

/**
 * By itself: a job that names an image is run in a container where an engine answers, else on this machine, with one notice. `--executor` decides for all.
 * @returns what is wrong, where it decided for containers and some job cannot be run in one
 */
export async function chooseExecutor(
  { executor, image, docker: given }: Pick<Settings, 'executor' | 'image' | 'docker'>,
  plan: Plan,
  host: Host,
): Promise<ExecutorChoice | { readonly problem: Problem }> {
  if (executor === 'shell') return ON_HOST;
  const docker = nameEngine({ ...(given ?? LOCAL_DOCKER_SETTINGS), image }, host.env);
  const inContainer: RunnerSettings = { ...DEFAULT_RUNNER_SETTINGS, executor: 'docker', docker };
  if (executor === 'docker') {
    const why = await whyNoEngine(docker, host);
    const problem = why === null ? withoutImage(plan) : noEngine(why);
    return problem === null ? { settingsFor: () => inContainer, noticeOf: () => null } : { problem };
  }
  // What a trigger job starts is not known before.
  const mayNeedEngine = plan.jobs.some((job) => job.image !== null || job.trigger !== null);
  const why = mayNeedEngine ? await whyNoEngine(docker, host) : null;
  if (why !== null) return { ...ON_HOST, noticeOf: once((each) => imagesWithoutEffect(each, why)) };
  return {
    settingsFor: (job) => (job.image === null ? DEFAULT_RUNNER_SETTINGS : inContainer),
    noticeOf: once(servicesWithoutEffect),
  };
}

function noEngine(why: string): Problem {
  const hint = 'start it, or name it with DOCKER_HOST; without --executor, jobs run on this machine itself then';
  return { code: 'executor', severity: 'error', message: why, hint };
}

function withoutImage({ jobs }: Plan): Problem | null {
  const names = jobs.filter(({ image, trigger }) => image === null && trigger === null).map(({ name }) => name);
  if (names.length === 0) return null;
  const message = `no image to run ${listOf(names)} in`;
  const hint = 'write `image:` in the CI file, or name one for all that have none with --image';
  return { code: 'executor', severity: 'error', message, hint };
}

function imagesWithoutEffect({ jobs }: Plan, why: string): Problem | null {
  const named = jobs.filter(({ image }) => image !== null);
  if (named.length === 0) return null;
  const message = `${onHost(named)}, not in ${named.length === 1 ? 'a container' : 'containers'}: ${why}`;
  return { code: 'no-containers', severity: 'warning', message };
}

function servicesWithoutEffect({ jobs }: Plan): Problem | null {
  const alone = jobs.filter(({ image, services }) => image === null && services.length > 0);
  if (alone.length === 0) return null;
  const message = `services have no effect without an image: ${onHost(alone)}`;
  return {
    code: 'no-containers',
    severity: 'warning',
    message,
    hint: 'name an image for all jobs that have none with --image',
  };
}

const MOST_NAMES = 3;

function onHost(jobs: Plan['jobs']): string {
  return `${listOf(jobs.map(({ name }) => name))} ${jobs.length === 1 ? 'runs' : 'run'} on this machine itself`;
}

function listOf(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES).map((name) => `'${name}'`);
  return names.length > MOST_NAMES ? `${shown.join(', ')} and ${names.length - MOST_NAMES} more` : shown.join(', ');
}

/** The first that is there, and no other. */
function once(find: (plan: Plan) => Problem | null): ExecutorChoice['noticeOf'] {
  let isTold = false;
  return (plan) => {
    const found = isTold ? null : find(plan);
    isTold ||= found !== null;
    return found;
  };
}
