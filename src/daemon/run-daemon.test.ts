import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { AutoClock } from '../../test/support/auto-clock.ts';
import { payload } from '../../test/support/jobs/payload.ts';
import { createScriptedMachine } from '../executors/index.ts';
import { DEFAULT_RUNNER_CONFIG, DEFAULT_RUNNER_ENTRY } from './config/runner-config.ts';
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

/** A runner whose server is away. */
function run(): Promise<DaemonEnd> {
  const clock = new AutoClock(Date.UTC(2026, 0, 1));
  const machine = createScriptedMachine({ clock, perform: ({ id }) => [{ do: 'print', text: `${id}\n` }] });
  const here = { key: 'k', name: 'here', url: () => 'http://127.0.0.1:1', token: 'glrt-here' };
  return runDaemon({
    ...{ clock, directory, shutdown, systemId: 's_1', version: 'test', environment: {} },
    ...{ service: null, refusalEnds: false, isFinishing: false, guardCommand: null },
    config: { ...DEFAULT_RUNNER_CONFIG, entries: [{ ...DEFAULT_RUNNER_ENTRY, ...here }] },
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
  const moves = readFileSync(join(directory, 'jobs/7/moves.jsonl'), 'utf8');
  expect(moves).toContain('"cause":"runner_shutdown"');
  expect(moves).toContain('"move":"finished"');
});
