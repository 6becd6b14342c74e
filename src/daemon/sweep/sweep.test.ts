import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeOnDocker, docker, dockerHost } from '../../../test/support/docker/docker.ts';
import { payload } from '../../../test/support/jobs/payload.ts';
import { realClock } from '../../base/index.ts';
import { DEFAULT_DOCKER_SETTINGS } from '../../executors/index.ts';
import { DEFAULT_RUNNER_SETTINGS } from '../../runner/index.ts';
import { DEFAULT_RUNNER_CONFIG, DEFAULT_RUNNER_ENTRY } from '../config/runner-config.ts';
import type { DaemonOptions } from '../daemon-options.ts';
import { keepSweeping } from './keep-sweeping.ts';
import { whyKept } from './why-kept.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'epilogue-sweep-'));
  mkdirSync(join(directory, 'jobs'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const jobs = () => join(directory, 'jobs');
const homeOf = (id: number) => join(jobs(), String(id), 'steps');

/** @param moves of its journal; none: the job is about to begin */
function leave(id: number, ...moves: readonly object[]): string {
  const home = homeOf(id);
  mkdirSync(home, { recursive: true });
  const record = { payload: payload({ id }), cookie: 'c', environment: {}, shell: null };
  if (moves.length > 0)
    writeFileSync(join(home, '..', 'job.json'), JSON.stringify({ version: { major: 1, minor: 1 }, ...record }));
  writeFileSync(
    join(home, '..', 'moves.jsonl'),
    moves.map((move) => `${JSON.stringify({ at: 1, ...move })}\n`).join(''),
  );
  return home;
}

const ACCEPTED = { move: 'accepted' };
const FINISHED = {
  move: 'finished',
  result: {
    ...{ status: 'success', cause: 'succeeded', failureReason: null, exitCode: 0, artifacts: [] },
    cleanup: { outcome: 'not_owed', attempt: 0 },
  },
};

it('keeps what a job that is not over needs, and what nobody here can tell', () => {
  const place = { below: jobs(), owner: 'me' };
  const kept = (home: string | null, owner: string | null = 'me') => whyKept({ home, owner }, [place]);
  expect(kept(leave(1, ACCEPTED))).toBe('its job is not over');
  expect(kept(leave(2))).toBe('its job may be about to begin');
  const damaged = leave(3, ACCEPTED);
  writeFileSync(join(damaged, '..', 'job.json'), '{');
  expect(kept(damaged)).toBe('its journal cannot be read (job.json is damaged)');
  expect(kept(leave(4, ACCEPTED, FINISHED))).toBeNull();
  expect(kept(homeOf(5))).toBeNull();
  renameSync(join(jobs(), '1'), join(jobs(), '1.done'));
  expect(kept(homeOf(1))).toBeNull();
  for (const other of [null, '/elsewhere/jobs/1/steps', jobs(), join(jobs(), '7'), `${jobs()}-other/1/steps`])
    expect(kept(other)).toBe('its job is not known here');
});

it('judges what bears the name of its directory, and by its path what was made before directories had names', () => {
  const places = [
    { below: jobs(), owner: 'me' },
    { below: '/runs', owner: null },
  ];
  const kept = (home: string | null, owner: string | null) => whyKept({ home, owner }, places);
  expect([kept(homeOf(1), 'me'), kept(homeOf(1), null), kept('/runs/1/steps', null)]).toEqual([null, null, null]);
  expect([kept(homeOf(1), 'you'), kept('/runs/1/steps', 'you'), kept(null, 'you')]).toEqual(
    Array(3).fill("its job is another runner's (you)"),
  );
  // This machine's, by its name, but of the other directory there.
  expect(kept('/runs/1/steps', 'me')).toBe('its job is not known here');
});

describeOnDocker('a runner', () => {
  it('removes what jobs without a journal have left in its engine, and nothing else', async () => {
    writeFileSync(join(directory, 'owner'), `${'a'.repeat(32)}\n`);
    const make = (home: string, type: string, owner: string | null = 'a'.repeat(32)) => {
      const labels = Object.entries({
        ...(owner !== null && { 'io.epilogue.owner': owner }),
        'io.epilogue.managed': 'true',
        'io.epilogue.home': home,
        'io.epilogue.type': type,
      });
      return docker('volume', 'create', ...labels.flatMap(([label, value]) => ['--label', `${label}=${value}`]));
    };
    const names = [make(homeOf(1), 'volume'), make(leave(2, ACCEPTED), 'volume'), make(homeOf(3), 'cache')];
    const elsewhere = mkdtempSync(join(tmpdir(), 'epilogue-elsewhere-'));
    names.push(make(join(elsewhere, 'jobs/1/steps'), 'volume'));
    // A runner on another machine, of the same path, whose job runs; and what an Epilogue before had left here.
    names.push(make(homeOf(1), 'volume', 'b'.repeat(32)), make(homeOf(1), 'volume', null));
    const engine = { ...DEFAULT_DOCKER_SETTINGS, host: dockerHost, tlsCertPath: '/none', tlsVerify: false };
    const gone = { ...engine, host: `unix://${directory}/none` };
    const entries = [engine, engine, gone].map((settings, at) => ({
      ...{ ...DEFAULT_RUNNER_ENTRY, key: String(at), name: String(at), url: () => '', token: '' },
      settings: { ...DEFAULT_RUNNER_SETTINGS, executor: 'docker' as const, docker: settings },
    }));
    const lines: string[] = [];
    const config = { ...DEFAULT_RUNNER_CONFIG, entries };
    const log: DaemonOptions['log'] = (level, text) => void lines.push(`${level} ${text}`);
    const stop = new AbortController();
    const pauses: number[] = [];
    const sleep = async (ms: number): Promise<void> => {
      pauses.push(ms);
      // With the second time nothing new is said.
      if (pauses.length > 1) stop.abort();
    };
    const clock = { ...realClock, sleep };
    await keepSweeping({ config: () => config, directory, clock, log, stop: stop.signal });
    expect(pauses).toEqual([60_000, 60_000]);
    const left = docker('volume', 'ls', '--format', '{{.Name}}').split('\n');
    expect(names.map((name) => left.includes(name))).toEqual([false, true, true, true, true, false]);
    expect(lines.sort()).toEqual([
      ...[names[0], names[5]].map((name) => `info Removed volume ${name}`).sort(),
      expect.stringMatching(/^warn what jobs may have left in an engine could not be looked at: .*does not answer/),
    ]);
    docker('volume', 'rm', ...names.slice(1, 5));
    rmSync(elsewhere, { recursive: true });
  });
});
