import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { AutoClock } from '../../../test/support/auto-clock.ts';
import { payload } from '../../../test/support/jobs/payload.ts';
import { createScriptedMachine, type ScriptedMachine } from '../../executors/index.ts';
import { DEFAULT_RUNNER_SETTINGS } from '../../runner/index.ts';
import { Builds } from '../builds/builds.ts';
import { JobHomes } from '../job-homes.ts';
import { JobsInHand } from '../jobs-in-hand.ts';
import { RunnerMetrics } from '../watch/runner-metrics.ts';
import type { Coordinator } from '../wire/coordinator.ts';
import type { JobContext } from './job-context.ts';
import { runWireJob } from './run-wire-job.ts';

const NEVER = new AbortController().signal;

let directory: string;
let clock: AutoClock;
let machine: ScriptedMachine;
/** Why there is no place for the job, try by try; then there is one. */
let refusals: string[];
let reports: Readonly<Record<string, unknown>>[];
let warnings: string[];
let metrics: RunnerMetrics;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'epilogue-wire-job-'));
  [refusals, reports, warnings] = [[], [], []];
  clock = new AutoClock(Date.UTC(2026, 0, 1));
  metrics = new RunnerMetrics(clock);
  machine = createScriptedMachine({
    clock,
    refusePrepare: () => refusals.shift() ?? null,
    perform: ({ id }) => [{ do: 'print', text: `${id}\n` }],
  });
});
afterEach(() => rmSync(directory, { recursive: true }));

const coordinator: Coordinator = {
  hasAdditions: () => true,
  rememberAdditions: () => {},
  async updateJob(_, update) {
    reports.push(update);
    return { kind: 'go_on' };
  },
  async appendTrace(_, offset, { length }) {
    return { verdict: { kind: 'go_on' }, sizeBytes: offset + length, intervalMs: null };
  },
  requestJob: () => expect.unreachable(),
  uploadArtifact: () => expect.unreachable(),
  downloadArtifact: () => expect.unreachable(),
  server: {
    url: () => '',
    transport: { exchange: () => expect.unreachable(), dropIdle() {} },
    clock: new AutoClock(0),
    userAgent: '',
  },
};

const STEP = { script: ['true'], timeout: 60, allow_failure: false } as const;
const AFTER_SCRIPT = { ...STEP, name: 'after_script', when: 'always' } as const;

async function run(changes: Parameters<typeof payload>[0], settings = DEFAULT_RUNNER_SETTINGS): Promise<void> {
  const facts = { key: 'k', name: 'here', token: 't', systemId: 's', limit: 0, requestConcurrency: 1 };
  const context: JobContext = {
    ...{ coordinator, clock, settings, environment: {}, version: 'test', cacheDir: join(directory, 'cache') },
    entry: { key: 'k', name: 'here', url: () => 'http://ci.example.com' },
    jobs: new JobsInHand(),
    metrics: metrics.entry(facts),
    executorFor: () => machine.executor(),
    builds: new Builds(join(directory, 'jobs'), () => {}),
    buildSettings: { token: 't', buildsDir: join(directory, 'builds'), isPathFree: false },
    warn: (text) => warnings.push(text),
    inform: () => {},
    cleaned: () => {},
    leaving: { noMoreJobs: NEVER, tornDown: NEVER },
  };
  await runWireJob(context, payload(changes), new JobHomes(directory, clock).next(), () => {});
}

it('tries a cleanup again that it was given and has no place for now', async () => {
  refusals = ['no room', 'no room yet'];
  await run({ teardown_only: true, steps: [AFTER_SCRIPT] });
  expect(machine.started.map(({ step }) => step.id)).toEqual(['after_script-1']);
  expect(reports.at(-1)).toMatchObject({ state: 'failed', cleanup: { outcome: 'succeeded' } });
  expect(warnings.filter((text) => text.includes('is tried again'))).toEqual([
    'job 1 cannot be finished now, and is tried again: no room',
  ]);
  expect(readdirSync(join(directory, 'jobs'))).toEqual([]);
});

it('says no word for a job any more that a bug of ours has ended', async () => {
  const settings = { ...DEFAULT_RUNNER_SETTINGS, featureFlags: null as never };
  const script = { ...STEP, name: 'script', when: 'on_success' } as const;
  await expect(run({ steps: [script, AFTER_SCRIPT] }, settings)).rejects.toThrow(TypeError);
  const { length } = reports;
  // Its server would hear of it every 20 s.
  await clock.sleep(600_000);
  expect(reports).toHaveLength(length);
  expect(metrics.jobs).toEqual([]);
});
