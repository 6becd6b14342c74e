import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { AutoClock } from '../../test/support/auto-clock.ts';
import { payload } from '../../test/support/jobs/payload.ts';
import { createScriptedMachine } from '../executors/index.ts';
import {
  DEFAULT_RUNNER_CONFIG,
  DEFAULT_RUNNER_ENTRY,
  type RunnerConfig,
  type RunnerEntry,
} from './config/runner-config.ts';
import { type DaemonEnd, runDaemon } from './run-daemon.ts';
import { Shutdown } from './shutdown.ts';

const STEP = { timeout: 60, allow_failure: false } as const;

let directory: string;
let shutdown: Shutdown;
let said: string[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'epilogue-daemon-'));
  shutdown = new Shutdown();
  said = [];
});
afterEach(() => rmSync(directory, { recursive: true }));

/** A job of which an earlier process had not begun a user command. */
function leaveJob(): void {
  const home = join(directory, 'jobs', '7');
  mkdirSync(join(home, 'steps'), { recursive: true });
  const steps = [
    { ...STEP, name: 'script', script: ['true'], when: 'on_success' },
    { ...STEP, name: 'after_script', script: ['true'], when: 'always' },
  ] as const;
  const began = { payload: payload({ id: 12, steps }), cookie: 'c', environment: {}, shell: null };
  writeFileSync(join(home, 'job.json'), JSON.stringify({ version: { major: 1, minor: 1 }, ...began }));
  writeFileSync(join(home, 'moves.jsonl'), '{"at":1,"move":"accepted"}\n');
}

const readMoves = () => readFileSync(join(directory, 'jobs/7/moves.jsonl'), 'utf8');

interface Changes {
  readonly clock?: AutoClock;
  readonly url?: string;
  readonly config?: Partial<RunnerConfig>;
  readonly entry?: Partial<RunnerEntry>;
  /** Beside the first, at the same server. */
  readonly others?: readonly string[];
  /** Until a job has its place. */
  readonly prepare?: () => Promise<void>;
  readonly onConfig?: (apply: (config: RunnerConfig) => void) => void;
}

/** A runner whose server is away, unless there is one. */
function run({ clock = new AutoClock(0), url = 'http://127.0.0.1:1', ...changes }: Changes = {}): Promise<DaemonEnd> {
  const machine = createScriptedMachine({
    clock,
    perform: ({ id }) => [{ do: 'print', text: `${id}\n` }],
    async refusePrepare() {
      await changes.prepare?.();
      return null;
    },
  });
  const here = { key: 'k', name: 'here', url: () => url, token: 'glrt-here', ...changes.entry };
  return runDaemon({
    ...{ clock, directory, shutdown, systemId: 's_1', version: 'test', environment: {} },
    ...{ service: null, refusalEnds: false, isFinishing: false, guardCommand: null },
    config: {
      ...DEFAULT_RUNNER_CONFIG,
      ...changes.config,
      entries: ['k', ...(changes.others ?? [])].map((key) => ({ ...DEFAULT_RUNNER_ENTRY, ...here, key })),
    },
    ...(changes.onConfig === undefined ? {} : { onConfig: changes.onConfig }),
    executorFor: () => machine.executor(),
    log: (_, text) => said.push(text),
  });
}

it('heeds a stop that comes while it is starting', async () => {
  leaveJob();
  const ended = run();
  shutdown.tearDown();
  expect(await ended).toEqual({ left: 1, isDetached: false });
  expect(said).toContain('stopping: 1 job is torn down first, cleanup included');
  const moves = readMoves();
  expect(moves).toContain('"cause":"runner_shutdown"');
  expect(moves).toContain('"move":"finished"');
});

it('tears a job down that it has taken up also where its entry has left the settings', async () => {
  leaveJob();
  const wire = { entry: { key: 'k', name: 'here', url: '' }, hasAdditions: true, boot: null };
  writeFileSync(join(directory, 'jobs/7/wire.json'), JSON.stringify({ version: 1, ...wire }));
  const clock = new AutoClock(0);
  let apply: (config: RunnerConfig) => void = () => {};
  const prepare = async (): Promise<void> => {
    apply({ ...DEFAULT_RUNNER_CONFIG, entries: [] });
    // Whoever has nothing left to do has ended by then.
    await clock.sleep(60_000);
    shutdown.tearDown();
  };
  const onConfig: Changes['onConfig'] = (set) => {
    apply = set;
  };
  expect(await run({ clock, prepare, onConfig })).toEqual({ left: 1, isDetached: false });
  expect(said).toContain('here is gone from the settings: it takes no more jobs');
  expect(said).toContain('stopping: 1 job is torn down first, cleanup included');
  expect(readMoves()).toContain('"cause":"runner_shutdown"');
});

/** Answers nothing that means anything. @returns its address, and what it was asked */
async function serve(hear: (path: string) => void): Promise<{ url: string; close: () => void }> {
  const server = createServer((request, response) => {
    request.resume();
    hear(request.url ?? '');
    response.writeHead(request.method === 'POST' ? 204 : 200, { 'epilogue-version': 'test' }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

it('speaks of a job whose entry cannot be read to none of several', async () => {
  const told = async (others: readonly string[]): Promise<boolean> => {
    shutdown = new Shutdown();
    leaveJob();
    let isTold = false;
    const clock = new AutoClock(0);
    const { url, close } = await serve((path) => {
      isTold ||= path.endsWith('/jobs/12');
    });
    const prepare = async (): Promise<void> => {
      await clock.sleep(10_000);
      shutdown.tearDown();
    };
    await run({ clock, url, others, prepare }).finally(close);
    return isTold;
  };
  expect([await told([]), await told(['other'])]).toEqual([true, false]);
});

it('asks for no more jobs than the limit of an entry has room for beside those that it takes up', async () => {
  leaveJob();
  const wire = { entry: { key: 'k', name: 'here', url: '' }, hasAdditions: true, boot: null };
  writeFileSync(join(directory, 'jobs/7/wire.json'), JSON.stringify({ version: 1, ...wire }));
  const moves: string[] = [];
  const { url, close } = await serve((path) => {
    if (!path.endsWith('/jobs/request')) return;
    moves.push(readdirSync(join(directory, 'jobs')).includes('7') ? readMoves() : 'all told');
    shutdown.tearDown();
  });
  const clock = new AutoClock(Date.UTC(2026, 0, 1));
  const limited = { clock, url, config: { concurrent: 2 }, entry: { limit: 1 } };
  await run({ ...limited, prepare: () => clock.sleep(60_000) }).finally(close);
  expect(moves[0]).toMatch(/"move":"finished"|all told/);
});
