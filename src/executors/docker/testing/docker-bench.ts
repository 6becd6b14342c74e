import { docker, dockerHost, images } from '../../../../test/support/docker/docker.ts';
import { realClock } from '../../../base/index.ts';
import type { Executor, JobSpec, Place } from '../../executor.ts';
import { readAll, waitForEnd } from '../../testing/executor-contract.ts';
import { createDockerExecutor, type DockerOptions } from '../docker.ts';
import { nameOf } from '../labels.ts';
import { DEFAULT_DOCKER_SETTINGS, type DockerSettings } from '../settings.ts';

/** On the engine of the tests. */
export function executorOptions(settings: Partial<DockerSettings> = {}): DockerOptions {
  const given = { ...DEFAULT_DOCKER_SETTINGS, host: dockerHost, image: images.busybox, pullPolicy: ['never'] as const };
  return { settings: { ...given, ...settings }, clock: realClock, env: {} };
}

export function executor(settings: Partial<DockerSettings> = {}): Executor {
  return createDockerExecutor(executorOptions(settings));
}

/** Runs a step to its end. @returns what it printed */
export async function play(place: Place, id: string, script: string): Promise<string> {
  await place.start({ id, script });
  await waitForEnd(place, id);
  return (await readAll(place, id)).toString();
}

/** The container's, as the engine has it now. */
export function inspect(job: JobSpec, format: string): string {
  return docker('inspect', '--format', format, nameOf(job.cookie));
}
