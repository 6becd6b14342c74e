import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { Gates, gapsIn } from '../daemon/support/gates.ts';
import { cookiesIn, jobsLeft, processesOf } from '../daemon/support/job-processes.ts';
import type { ShownJob, ShownPipeline } from '../serve/support/served-project.ts';
import { pace } from '../support/pace.ts';
import { waitUntil } from '../support/wait-until.ts';
import { createChance } from './draw-trial.ts';
import { ServedRunners } from './runners/served-runners.ts';

/** `bin/test` runs half as many jobs as there are trials of the other campaigns, `bin/test --long` a thousand. */
const [seed = Date.now() % 1_000_000_000, first = 1, last = 160] = process.env.CAMPAIGN?.split(':').map(Number) ?? [];
const TRIALS = last - first + 1;
const JOBS = TRIALS > 160 ? TRIALS : TRIALS / 2;
const JOBS_A_PIPELINE = 20;
const PIPELINES = Math.ceil(JOBS / JOBS_A_PIPELINE);
const LONGEST_PEACE_MS = 700;
/** Of steps that begin or end between two strikes, so that the work goes on, however slow the machine is. */
const STEPS_BETWEEN = 3;
const LONGEST_WAIT_MS = 10_000;
const LONGEST_CUT_MS = 1_500;
const A_JOB_MS = 4_000;
/** A job that was handed out and never arrived is handed out again a minute later; two may be lost one after the other. */
const LOST_ON_THE_WAY_MS = 130_000;
const ENDED = new Set(['success', 'failed', 'canceled', 'skipped']);

let served: ServedRunners;
const cookies = new Set<string>();

afterEach(async () => {
  await served.dispose([...cookies]);
});

function noteCookies(): void {
  for (const directory of served.directories) for (const cookie of cookiesIn(directory)) cookies.add(cookie);
}

/** Kills a runner, the coordinator or the network, again and again, and starts it anew. @returns how often each */
async function strikeOnAndOn(signal: AbortSignal): Promise<Record<string, number>> {
  const chance = createChance(seed);
  const struck: Record<string, number> = { runner: 0, coordinator: 0, network: 0, runners: 0 };
  while (!signal.aborted) {
    await untilWorkGoesOn(signal);
    await pace(LONGEST_PEACE_MS * chance());
    noteCookies();
    const draw = chance();
    if (draw < 0.5) {
      const runner = served.runners[Math.floor(chance() * served.runners.length)];
      await runner?.kill();
      await pace(chance() * 500);
      runner?.start();
      struck.runner = (struck.runner ?? 0) + 1;
    } else if (draw < 0.6) {
      await Promise.all(served.runners.map((runner) => runner.kill()));
      for (const runner of served.runners) runner.start();
      struck.runners = (struck.runners ?? 0) + 1;
    } else if (draw < 0.8) {
      await served.killCoordinator();
      struck.coordinator = (struck.coordinator ?? 0) + 1;
    } else {
      served.proxy.cut();
      await pace(chance() * LONGEST_CUT_MS);
      served.proxy.heal();
      struck.network = (struck.network ?? 0) + 1;
    }
  }
  return struck;
}

/** Strikes until the action has ended, well or not. @returns how often what was struck */
async function strikeWhile(action: () => Promise<void>): Promise<Record<string, number>> {
  const over = new AbortController();
  const [struck, done] = await Promise.allSettled([
    strikeOnAndOn(over.signal),
    action().finally(() => {
      over.abort();
    }),
  ]);
  if (done.status === 'rejected') throw done.reason;
  if (struck.status === 'rejected') throw struck.reason;
  return struck.value;
}

async function untilEnded(pipeline: ShownPipeline, what: string): Promise<void> {
  let found: readonly ShownJob[] = [];
  await waitUntil(
    what,
    async () => {
      found = await served.project.jobs(pipeline).catch(() => []);
      return found.length === JOBS_A_PIPELINE && found.every(({ status }) => ENDED.has(status));
    },
    LOST_ON_THE_WAY_MS + JOBS * A_JOB_MS,
  ).catch((error: unknown) => {
    throw new Error([String(error), ...found.map(describeJob), ...endsOfLogs()].join('\n'));
  });
}

/** Jobs may have to wait for a lease to lapse: then it is struck all the same. */
async function untilWorkGoesOn(signal: AbortSignal): Promise<void> {
  const before = served.ledgerLines();
  const goesOn = (): boolean => signal.aborted || served.ledgerLines() >= before + STEPS_BETWEEN;
  await waitUntil('steps begin or end', goesOn, LONGEST_WAIT_MS).catch(() => undefined);
}

function ciFile(): string {
  const step = (name: string, workS: number): string =>
    JSON.stringify(`${served.program} ${name} ${served.ledgers}/$CI_JOB_ID ${workS}`);
  // Else the newest pipeline would cancel the others before they begin.
  return `
workflow: {auto_cancel: {on_new_commit: none}}
work:
  parallel: ${JOBS_A_PIPELINE}
  interruptible: graceful
  before_script: [${step('before_script', 0)}]
  script: [${step('script', 0.6)}]
  after_script: [${step('after_script', 0.3)}]
`;
}

/** The server is away now and then. */
async function persist<T>(action: () => Promise<T>): Promise<T> {
  return (
    await waitUntil(
      'the server answers',
      () =>
        action().then(
          (value) => ({ value }),
          () => null,
        ),
      30_000,
    )
  ).value;
}

function gatesOf(job: ShownJob): Gates {
  return new Gates(join(served.ledgers, String(job.id)));
}

function stepsOf(job: ShownJob): readonly string[] {
  return gatesOf(job).ran();
}

async function checkJob(job: ShownJob): Promise<readonly string[]> {
  const ran = stepsOf(job);
  const wrong: string[] = [];
  if (!ENDED.has(job.status)) wrong.push(`is ${job.status}`);
  const cleanups = ran.filter((step) => step === 'after_script').length;
  if (ran.length > 0 && cleanups !== 1) wrong.push(`${cleanups} cleanups got to their end (${ran.join(', ')})`);
  const outcome = job.cleanup?.outcome ?? null;
  if (ran.length > 0 && outcome !== 'succeeded') wrong.push(`its cleanup is ${outcome} on record`);
  if (ran.length > 0 && !ran.includes('script') && job.status !== 'canceled')
    wrong.push(`was cut and is ${job.status}`);
  if (ran.length > 0) wrong.push(...gapsIn(await served.project.trace(job), ran));
  return wrong.map((words) => `${words}: ${describeJob(job)} ${JSON.stringify(gatesOf(job).cleanups())}`);
}

function describeJob(job: ShownJob): string {
  return `${job.name}: ${job.status} ${JSON.stringify(job.teardown)} ${JSON.stringify(job.cleanup)} ${stepsOf(job).join(', ')}`;
}

function endsOfLogs(): readonly string[] {
  return served.runners.map(({ log }) => log.slice(-3_000));
}

it(`${JOBS} jobs (${seed}) all end, every cleanup is done once, and no byte of a log is lost, however often runners, coordinator and network are killed`, {
  timeout: 180_000 + LOST_ON_THE_WAY_MS + JOBS * A_JOB_MS,
}, async () => {
  served = await ServedRunners.start(2, 8);
  for (const runner of served.runners) runner.start();
  const pipelines: ShownPipeline[] = [];
  for (let count = 0; count < PIPELINES; count += 1) pipelines.push(await served.project.start(ciFile()));
  const struck = await strikeWhile(async () => {
    for (const [index, pipeline] of pipelines.entries()) {
      if (index % 5 === 4) await persist(() => served.project.cancelPipeline(pipeline));
      await untilEnded(pipeline, `pipeline ${index + 1} of ${PIPELINES} has ended`);
    }
  });
  await waitUntil(
    'nothing is owed',
    () => served.directories.every((path) => jobsLeft(path).length === 0),
    60_000,
  ).catch((error: unknown) => {
    const left = served.directories.flatMap((path) => jobsLeft(path).map((job) => `${path} ${job}`));
    throw new Error([String(error), ...left, ...endsOfLogs()].join('\n'));
  });
  const jobs: ShownJob[] = [];
  for (const pipeline of pipelines) jobs.push(...(await served.project.jobs(pipeline)));
  const wrong: string[] = [];
  for (const job of jobs) wrong.push(...(await checkJob(job)));
  expect(wrong).toEqual([]);
  expect(jobs).toHaveLength(PIPELINES * JOBS_A_PIPELINE);
  expect(processesOf([...cookies])).toEqual([]);
  // Else it proves nothing. One pipeline in five was cancelled, and may have been before its first job began.
  expect(jobs.filter((job) => stepsOf(job).length > 0).length).toBeGreaterThanOrEqual(0.7 * jobs.length);
  expect(Object.values(struck).reduce((sum, each) => sum + each, 0)).toBeGreaterThanOrEqual(PIPELINES);
});

it('the cleanup of a runner that is killed for good is done by another, once, with the same key', {
  timeout: 180_000,
}, async () => {
  served = await ServedRunners.start(2, 4);
  const [lost, other] = served.runners;
  lost?.start();
  const step = (name: string): string => JSON.stringify(`${served.program} ${name} ${served.ledgers}/$CI_JOB_ID`);
  const pipeline = await served.project.start(`
work:
  parallel: 3
  interruptible: graceful
  script: [${step('script').slice(0, -1)} 1000"]
  after_script: [${step('after_script').slice(0, -1)} 0"]
`);
  const jobs = await served.project.jobs(pipeline);
  const ledgers = jobs.map(({ id }) => new Gates(join(served.ledgers, String(id))));
  for (const ledger of ledgers) await ledger.untilBegun('script');
  noteCookies();
  await lost?.kill();
  other?.start();
  for (const { name } of jobs)
    await waitUntil(
      `${name} has ended`,
      async () => ENDED.has((await served.project.job(pipeline, name)).status),
      150_000,
    );
  for (const [index, { name }] of jobs.entries()) {
    const job = await served.project.job(pipeline, name);
    expect(job).toMatchObject({
      status: 'failed',
      teardown: { cause: 'runner_lost' },
      cleanup: { outcome: 'succeeded' },
    });
    const ledger = ledgers[index];
    expect(ledger?.ran()).toEqual(['script cut', 'after_script']);
    expect(ledger?.cleanups()).toMatchObject([{ cause: 'runner_lost', status: 'failed' }]);
    expect(ledger?.cleanups()[0]?.key).toMatch(/^[0-9a-f]{32}/);
  }
  expect(new Set(ledgers.map((ledger) => ledger.cleanups()[0]?.key)).size).toBe(jobs.length);
});
