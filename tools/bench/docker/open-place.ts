import { mkdirSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { realClock } from '../../../src/base/index.ts';
import { createDockerExecutor, DEFAULT_DOCKER_SETTINGS, makeCookie, type Place } from '../../../src/executors/index.ts';
import { images } from '../../../src/executors/testing/docker/images.ts';
import { temporaryDirectory } from '../fixture.ts';

let base: string | null = null;

/** A job's container that runs. @param networkMode null: a network of its own */
export function openPlace(host: string, networkMode: string | null): Promise<Place> {
  base ??= temporaryDirectory();
  const root = mkdtempSync(join(base, 'job-'));
  const stepsDir = join(root, 'steps');
  mkdirSync(stepsDir, { mode: 0o700 });
  const settings = {
    ...DEFAULT_DOCKER_SETTINGS,
    host,
    networkMode,
    image: images.busybox,
    pullPolicy: ['never'] as const,
  };
  const job = {
    stepsDir,
    projectDir: join(root, 'project'),
    cookie: makeCookie(),
    environment: {},
    image: null,
    services: [],
    variables: {},
    preStopHandler: null,
  };
  return createDockerExecutor({ settings, clock: realClock, env: {} }).prepare(job, new AbortController().signal);
}
