import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { plannedJob } from '../../../test/support/jobs/planned-job.ts';
import { realClock } from '../../base/index.ts';
import type { Plan } from '../../protocol/index.ts';
import type { Host } from '../host.ts';
import { chooseExecutor } from './choose-executor.ts';
import { LOCAL_DOCKER_SETTINGS } from './local-docker-settings.ts';

const SH = plannedJob('sh');
const IMAGE = { name: 'debian:12', entrypoint: null, pullPolicy: [], executorOpts: {} };
const BOX = plannedJob('box', { image: IMAGE });

let dir: string;
let engine: Server | null;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'epilogue-choice-'));
  engine = null;
});

afterEach(async () => {
  engine?.closeAllConnections();
  const { promise, resolve } = Promise.withResolvers<void>();
  if (engine === null) resolve();
  else engine.close(() => resolve());
  await promise;
  rmSync(dir, { recursive: true });
});

async function answering(answer: RequestListener): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  engine = createServer(answer).listen(join(dir, 'sock'), resolve);
  await promise;
}

const choose = (executor: 'shell' | 'docker' | null, jobs: Plan['jobs'], image: string | null = null) => {
  const host = { clock: realClock, env: { DOCKER_HOST: `unix://${dir}/sock`, HOME: dir } } as unknown as Host;
  return chooseExecutor({ executor, image, docker: null }, { jobs } as unknown as Plan, host);
};

async function executors(choice: ReturnType<typeof choose>) {
  const chosen = await choice;
  return 'problem' in chosen ? chosen.problem : [SH, BOX].map((job) => chosen.settingsFor(job).executor);
}

const ok: RequestListener = (_, response) => void response.end('OK');

it('runs a job with an image in a container, and the others here, where an engine answers', async () => {
  await answering(ok);
  expect(await executors(choose(null, [SH, BOX]))).toEqual(['shell', 'docker']);
  const chosen = await choose(null, [BOX], 'debian:12');
  const { docker } = 'problem' in chosen ? { docker: null } : chosen.settingsFor(BOX);
  // Named, so that whoever recovers the run asks the same engine.
  expect(docker).toMatchObject({ host: `unix://${dir}/sock`, image: 'debian:12', pullPolicy: ['if-not-present'] });
});

it('makes containers as the settings say, of the image that they name beside', async () => {
  await answering(ok);
  const docker = { ...LOCAL_DOCKER_SETTINGS, host: `unix://${dir}/sock`, privileged: true, image: null };
  const host = { clock: realClock, env: { DOCKER_HOST: 'unix:///nowhere', HOME: dir } } as unknown as Host;
  const plan = { jobs: [BOX] } as unknown as Plan;
  const chosen = await chooseExecutor({ executor: 'docker', image: 'debian:12', docker }, plan, host);
  if ('problem' in chosen) throw new Error(chosen.problem.message);
  expect(chosen.settingsFor(BOX).docker).toMatchObject({
    host: docker.host,
    privileged: true,
    image: 'debian:12',
  });
});

it('runs all here where no engine answers, and says so once', async () => {
  const chosen = await choose(null, [SH, BOX]);
  if ('problem' in chosen) expect.unreachable();
  expect([SH, BOX].map((job) => chosen.settingsFor(job).executor)).toEqual(['shell', 'shell']);
  const plan = (...jobs: Plan['jobs']) => ({ jobs }) as unknown as Plan;
  expect(chosen.noticeOf(plan(SH))).toBeNull();
  expect(chosen.noticeOf(plan(SH, BOX))?.message).toMatch(
    /^'box' runs on this machine itself, not in a container: the Docker Engine at unix:.*sock does not answer: /,
  );
  expect(chosen.noticeOf(plan(BOX))).toBeNull();
});

it('asks no engine where no job may need one', async () => {
  let isAsked = false;
  await answering((_, response) => {
    isAsked = true;
    response.end('OK');
  });
  expect(await executors(choose(null, [SH]))).toEqual(['shell', 'docker']);
  expect(await executors(choose('shell', [BOX]))).toEqual(['shell', 'shell']);
  expect(isAsked).toBe(false);
  await choose(null, [BOX]);
  expect(isAsked).toBe(true);
});

it('waits no longer than a second for an engine that says nothing', async () => {
  await answering(() => {});
  const why = await executors(choose('docker', [BOX]));
  expect(why).toMatchObject({ message: expect.stringContaining('nothing came for 1 s') });
});

it('runs all in containers when told to, or says why it cannot', async () => {
  expect(await executors(choose('docker', [BOX]))).toMatchObject({
    severity: 'error',
    message: expect.stringContaining(`the Docker Engine at unix://${dir}/sock does not answer`),
  });
  await answering(ok);
  expect(await executors(choose('docker', [BOX]))).toEqual(['docker', 'docker']);
  expect(await executors(choose('docker', [SH, BOX]))).toMatchObject({ message: "no image to run 'sh' in" });
});

it('says that services without an image have no effect', async () => {
  await answering(ok);
  const service = { name: 'redis', alias: [], entrypoint: null, command: null, variables: [], pullPolicy: [] };
  const jobs = [plannedJob('alone', { services: [service] as never })];
  const chosen = await choose(null, [...jobs, BOX]);
  if ('problem' in chosen) expect.unreachable();
  expect(chosen.noticeOf({ jobs } as unknown as Plan)?.message).toBe(
    "services have no effect without an image: 'alone' runs on this machine itself",
  );
});
