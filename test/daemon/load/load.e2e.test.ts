import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ServedProject, type ShownPipeline } from '../../serve/support/served-project.ts';
import { Serving } from '../../serve/support/serving.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { followLog } from './follow-log.ts';
import { LoadedRunner } from './loaded-runner.ts';
import { checksumInLog, checksumOfLines, printLines } from './read-numbered-lines.ts';

/** `bin/test --long` takes the sizes that are promised; else those that show the same in seconds. */
const SIZES =
  process.env.LOAD === 'long'
    ? { logLines: 5_000_000, letters: 6_000, jobs: 200 }
    : { logLines: 150_000, letters: 500, jobs: 24 };
const LINES_A_JOB = 500;
const DEADLINE_MS = process.env.LOAD === 'long' ? 15 * 60_000 : 100_000;

let serving: Serving;
let runner: LoadedRunner;
/** What the runner has in memory once it has had a job. */
let idleMb: number;

beforeAll(async () => {
  serving = await Serving.start('SQLite', '--no-runner', '--max-log-size', '2000');
  runner = await LoadedRunner.start(serving, SIZES.jobs);
  const project = new ServedProject(serving);
  await project.untilPipeline(await project.start('first: {script: "true"}\n'), 'success');
  idleMb = runner.peakMb;
});
afterAll(async () => {
  try {
    await runner?.stop();
    await serving?.stop();
  } finally {
    await serving?.dispose();
  }
});

const ciFile = (jobs: Readonly<Record<string, object>>): string =>
  JSON.stringify({ variables: { RUNNER_LOG_LIMIT: '2000000' }, ...jobs });

async function untilSuccess(project: ServedProject, pipeline: ShownPipeline): Promise<void> {
  await waitUntil(
    'the pipeline has ended',
    async () => !['created', 'pending', 'running'].includes((await project.pipeline(pipeline)).status),
    DEADLINE_MS,
  );
  expect((await project.pipeline(pipeline)).status, runner.log).toBe('success');
}

async function traceOf(project: ServedProject, id: number): Promise<AsyncIterable<Uint8Array>> {
  const url = `${serving.base}/api/v4/projects/${encodeURIComponent(project.path)}/jobs/${id}/trace`;
  const answer = await fetch(url, {
    headers: { 'private-token': serving.token },
    signal: AbortSignal.timeout(DEADLINE_MS),
  });
  if (answer.body === null) throw new Error('there is no log');
  return answer.body;
}

/** All of its pages. */
async function jobsOf(project: ServedProject, { id }: ShownPipeline): Promise<readonly { readonly id: number }[]> {
  const all: { readonly id: number }[] = [];
  for (let page = 1; all.length === (page - 1) * 100; page += 1)
    all.push(...(await project.ask(`/pipelines/${id}/jobs?per_page=100&page=${page}`)).json);
  return all;
}

it(
  'loses no byte of a log that is far larger than its memory',
  async () => {
    const project = new ServedProject(serving);
    const pipeline = await project.start(ciFile({ big: { script: printLines(SIZES.logLines) } }));
    await untilSuccess(project, pipeline);
    const { id } = await project.job(pipeline, 'big');
    expect(await checksumInLog(await traceOf(project, id), SIZES.logLines)).toBe(checksumOfLines(SIZES.logLines));
    // Measured: 36, of 1 GB; 4 of that are buffers, the rest is garbage of some thousand requests that is not collected yet.
    expect(runner.peakMb - idleMb).toBeLessThan(64);
  },
  DEADLINE_MS,
);

it(
  'tells a watcher every byte of a job that writes one at a time, as they come',
  async () => {
    const letters = Array.from({ length: SIZES.letters }, (_, at) => String.fromCharCode(97 + (at % 26))).join('');
    const print = `$|=1; for (0..${SIZES.letters - 1}) { print chr(97 + $_ % 26); select(undef, undef, undef, 0.01) }`;
    const project = new ServedProject(serving);
    const pipeline = await project.start(ciFile({ drip: { script: [`perl -e '${print}'; echo`] } }));
    const { id } = await project.job(pipeline, 'drip');
    const heard = await followLog(serving, { project: project.path, id, deadlineMs: DEADLINE_MS });
    expect(heard.text).toContain(`\n${letters}\n`);
    // Every 40 ms at best; a machine that has much to do may need ten times as long.
    expect(heard.events).toBeGreaterThan(SIZES.letters / 40);
    await untilSuccess(project, pipeline);
  },
  DEADLINE_MS,
);

it(
  `runs ${SIZES.jobs} jobs at once, all their bytes and little memory`,
  async () => {
    const project = new ServedProject(serving);
    const [begun, go] = [join(serving.outside, 'begun'), join(serving.outside, 'go')];
    const wait = [`touch ${begun}.$CI_JOB_ID`, `while ! [ -e ${go} ]; do sleep 0.5; done`];
    const job = { script: [...wait, printLines(LINES_A_JOB)] };
    const names = Array.from({ length: SIZES.jobs }, (_, at) => `job-${at}`);
    const pipeline = await project.start(ciFile(Object.fromEntries(names.map((name) => [name, job]))));
    const count = (): number => readdirSync(serving.outside).filter((name) => name.startsWith('begun.')).length;
    await waitUntil('all jobs run', () => count() === SIZES.jobs, DEADLINE_MS);
    writeFileSync(go, '');
    await untilSuccess(project, pipeline);
    const wanted = checksumOfLines(LINES_A_JOB);
    const listed = await jobsOf(project, pipeline);
    expect(listed.length).toBe(SIZES.jobs);
    for (const { id } of listed) expect(await checksumInLog(await traceOf(project, id), LINES_A_JOB)).toBe(wanted);
    // Beside what the tests before it took; measured: 1.5 a job.
    expect(runner.peakMb - idleMb).toBeLessThan(64 + 2 * SIZES.jobs);
  },
  DEADLINE_MS,
);
