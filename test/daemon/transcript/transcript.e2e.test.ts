import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openServer } from '../../../src/daemon/wire/http/server.ts';
import { registerRunner, resetToken, unregisterRunner, verifyRunner } from '../../../src/daemon/wire/registration.ts';
import { runnerInfo } from '../../../src/daemon/wire/runner-info.ts';
import { waitUntil } from '../../support/wait-until.ts';
import type { JobHandle } from '../plain-server/plain-job.ts';
import { startPlainServer } from '../plain-server/plain-server.ts';
import type { SeenRequest } from '../plain-server/seen-request.ts';
import { comparePart, type Difference, kindOf } from './compare.ts';
import { DIFFERENCES } from './differences.ts';
import { lineOf } from './line-of.ts';
import { OurRunner } from './our-runner.ts';
import { readRecorded, type Shape } from './read-recorded.ts';
import { SCENARIOS } from './scenarios.ts';

const RECORDED = readRecorded();
const INFO = (RECORDED.get('A')?.requests[0]?.json as { readonly [key: string]: Shape })?.info ?? 'missing';
/** A silent job is asked about every 30 s; everything else is sooner. */
const DEADLINE_MS = 60_000;

const runners: OurRunner[] = [];
const jobs = new Map<string, JobHandle>();
const found: Difference[] = [];
const kinds = new Set<string>();

function compare(name: string, ours: readonly SeenRequest[], from = 0): void {
  const part = RECORDED.get(name);
  if (part === undefined) throw new Error(`no part ${name} was recorded`);
  const lines = ours.map(lineOf);
  for (const line of lines) kinds.add(kindOf(line));
  found.push(...comparePart({ ...part, requests: part.requests.slice(from) }, lines, INFO));
}

/** The request that it came with, and all that was said about it and about what it depends on. */
function saidOf({ id, payload }: JobHandle, requests: readonly SeenRequest[]): readonly SeenRequest[] {
  const { dependencies } = payload as { readonly dependencies: readonly { readonly id: number }[] };
  const own = new Set([id, ...dependencies.map((dependency) => dependency.id)]);
  return requests.filter(({ job, handedOut }) => handedOut === id || (job !== null && own.has(job)));
}

/** Its result has been heard. */
function isOver({ id }: JobHandle, requests: readonly SeenRequest[]): boolean {
  return requests.some(
    ({ job, json, answer }) => job === id && /^(success|failed)$/.test(json?.state) && answer?.status === 200,
  );
}

/** Every part that is about one job, all of them at the same time. */
async function runJobs(): Promise<void> {
  const runner = await OurRunner.start({ concurrent: 32 }, (server) => {
    for (const [name, { job: changes, prepare }] of Object.entries(SCENARIOS)) {
      const job = server.enqueue({ name: `part ${name}`, ...changes });
      prepare?.(server, job);
      jobs.set(name, job);
    }
  });
  runners.push(runner);
  const { requests } = runner.server;
  const watched = [...jobs].map(async ([name, job]) => {
    const onLog = SCENARIOS[name]?.onLog;
    if (onLog !== undefined) {
      await waitUntil(`there is a log of part ${name}`, () => job.log().length > 0, DEADLINE_MS);
      onLog(job);
    }
    await waitUntil(`part ${name} is over`, () => isOver(job, requests), DEADLINE_MS);
    compare(name, saidOf(job, requests));
  });
  await Promise.all(watched);
}

/** A runner without a job, at a server that has trouble with that. */
async function runIdle(): Promise<void> {
  const runner = await OurRunner.start({});
  runners.push(runner);
  const { server } = runner;
  const asks = (status: number) => server.requests.filter(({ answer }) => answer?.status === status);
  await waitUntil('it asks', () => asks(204).length > 0, DEADLINE_MS);
  compare('A', server.requests.slice(0, 1));
  compare(
    'C',
    server.requests.filter(({ answer }) => answer !== null),
  );
  const which = { path: /jobs\/request/ };
  server.plan(which, { status: 500, body: { message: '500' } }, 3);
  server.plan(which, { status: 409, body: { message: '409 Conflict' } }, 2);
  server.plan(which, { status: 429, headers: { 'Retry-After': '1' } });
  await waitUntil('it asks again', () => asks(429).length > 0, DEADLINE_MS);
  for (const [name, status] of [
    ['AB', 500],
    ['AD', 409],
    ['AC', 429],
  ] as const)
    compare(name, asks(status));
}

async function runStopped(name: 'BC' | 'BD', signal: 'SIGQUIT' | 'SIGTERM', script: string): Promise<void> {
  const runner = await OurRunner.start({}, (server) =>
    server.enqueue({ script: [script], afterScript: ['echo after'] }),
  );
  runners.push(runner);
  const [job] = runner.server.jobs;
  if (job === undefined) throw new Error('there is no job');
  await waitUntil('there is a log', () => job.log().length > 0, DEADLINE_MS);
  await runner.end(signal);
  // It was its first request.
  const said = saidOf(job, runner.server.requests).map((one) => ({
    ...one,
    json: one.handedOut === null ? one.json : { ...one.json, last_update: '' },
  }));
  compare(name, said);
}

/** What `runner register`, `verify`, `reset-token` and `unregister` say. */
async function register(): Promise<void> {
  const server = await startPlainServer();
  const old = await startPlainServer({ token: 't1_registered' });
  try {
    const ours = openServer({ url: () => server.url, version: '1' });
    const means = { server: ours, systemId: 's_0123456789ab', info: runnerInfo({ version: '1', executor: 'shell' }) };
    const more = { tags: ['a'], accessLevel: 'ref_protected' as const, maximumTimeoutS: 600 };
    const options = {
      runUntagged: true,
      locked: false,
      paused: false,
      description: 'd',
      maintenanceNote: 'n',
      ...more,
    };
    await registerRunner(means, { token: server.registrationToken, ...options });
    await verifyRunner(means, server.token);
    await resetToken(means, server.token);
    const { token } = server;
    await unregisterRunner(means, token);
    await unregisterRunner({ ...means, server: openServer({ url: () => old.url, version: '1' }) }, old.token);
    const { requests } = server;
    compare('B', requests.slice(0, 1));
    compare('BF', [...requests.slice(2), ...old.requests], 5);
  } finally {
    await server.close();
    await old.close();
  }
}

beforeAll(async () => {
  await Promise.all([
    runJobs(),
    runIdle(),
    runStopped('BC', 'SIGQUIT', 'echo a; sleep 4; echo b'),
    runStopped('BD', 'SIGTERM', 'echo a; sleep 60; echo b'),
    register(),
  ]);
}, 2 * DEADLINE_MS);

afterAll(async () => {
  for (const runner of runners) await runner.close();
});

const wordsOf = ({ where, what }: Difference): string => `${where} | ${what}`;

it('says what GitLab’s runner says, in its order, but for what is listed', () => {
  const listed = new Set(DIFFERENCES.map(wordsOf));
  const unlisted = found.filter(
    ({ where, what }) => !listed.has(wordsOf({ where, what })) && !listed.has(`* | ${what}`),
  );
  expect([...new Set(unlisted.map(wordsOf))]).toEqual([]);
});

it('runs the cleanup of a job that was taken away, and says why in its own log', () => {
  const job = jobs.get('H') ?? expect.unreachable();
  const said = runners.flatMap(({ words }) => words.split('\n')).filter((line) => line.includes(`job ${job.id}:`));
  expect(said).toContainEqual(expect.stringContaining('the server wants no more of it (canceled, by coordinator)'));
  expect(said).toContainEqual(expect.stringContaining('canceled, cleanup succeeded'));
});

it('has its list in the page', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/daemon.md'), 'utf8');
  const rows = DIFFERENCES.map(
    ({ where, what, reason }) => `| ${where === '*' ? 'all' : where} | ${what} | ${reason} |`,
  );
  expect(page).toContain(['| where | what | why |', '|---|---|---|', ...rows].join('\n'));
});

it('lists nothing that is not so', () => {
  const seen = new Set(found.map(wordsOf));
  const stale = DIFFERENCES.filter(({ where, what }) =>
    where === '*' ? [...kinds].some((kind) => !seen.has(`${kind} | ${what}`)) : !seen.has(wordsOf({ where, what })),
  );
  expect(stale).toEqual([]);
});
