import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_RUNNER_CONFIG } from '../../src/daemon/index.ts';
import { PROGRAM } from '../support/checkout.ts';
import { fromGate } from '../support/from-gate.ts';
import { waitUntil } from '../support/wait-until.ts';
import { startPlainServer } from './plain-server/plain-server.ts';
import { NotifySocket } from './support/notify-socket.ts';

const isMissing = ['systemd-notify', 'perl'].some((name) => spawnSync(name, ['--version']).error !== undefined);
/** A port that nobody listens on: where the server of this runner would be. */
const NOWHERE = 'http://127.0.0.1:9';

let directory: string;
let child: ChildProcess | null;
let log: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'epilogue-systemd-'));
  child = null;
  writeFileSync(join(directory, 'token'), 'glrt-nobody-knows-it\n');
});
afterEach(async () => {
  if (child !== null && child.exitCode === null && child.signalCode === null) {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
  rmSync(directory, { recursive: true, force: true });
});

function start(env: Readonly<Record<string, string>>, ...flags: readonly string[]): ChildProcess {
  const where = ['--url', NOWHERE, '--token-file', join(directory, 'token'), '--directory', join(directory, 'runner')];
  return startWith(env, [...where, '--no-guard', ...flags]);
}

function startWith(env: Readonly<Record<string, string>>, words: readonly string[]): ChildProcess {
  log = '';
  child = spawn(PROGRAM, ['runner', 'run', ...words], {
    env: { PATH: process.env.PATH, HOME: directory, ...fromGate(), ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    log += chunk.toString();
  });
  return child;
}

it.skipIf(isMissing && process.env.CI !== 'true')(
  'tells systemd when it takes jobs, reads its settings again, and stops',
  async () => {
    const socket = await NotifySocket.open(join(directory, 'notify'));
    const config = join(directory, 'config.toml');
    const settings = (concurrent: number): string =>
      `concurrent = ${concurrent}\n[[runners]]\nname = "one"\nurl = "${NOWHERE}"\ntoken = "glrt-nobody"\nexecutor = "shell"\n`;
    writeFileSync(config, settings(1));
    const words = ['--config', config, '--working-directory', join(directory, 'runner'), '--no-guard'];
    try {
      const runner = startWith({ NOTIFY_SOCKET: join(directory, 'notify') }, words);
      await waitUntil('it is ready', () => socket.messages.length > 0);
      expect(socket.messages[0]).toEqual({ READY: '1', STATUS: 'takes jobs: no job under way' });
      writeFileSync(config, settings(2));
      runner.kill('SIGHUP');
      await waitUntil('it has read them', () => socket.messages.length > 2);
      expect(socket.messages.slice(1, 3)).toEqual([{ RELOADING: '1' }, { READY: '1' }]);
      const ended = once(runner, 'exit');
      runner.kill('SIGTERM');
      expect(await ended).toEqual([0, null]);
      expect(socket.messages.filter(({ STOPPING: is }) => is === '1')).toHaveLength(1);
    } finally {
      await socket.close();
    }
  },
);

it.skipIf(isMissing && process.env.CI !== 'true')('asks systemd for more time while a cleanup takes it', async () => {
  const server = await startPlainServer();
  const socket = await NotifySocket.open(join(directory, 'notify'));
  try {
    writeFileSync(join(directory, 'token'), server.token);
    const job = server.enqueue({
      script: ['sleep 600'],
      afterScript: [`while [ ! -e ${directory}/go ]; do sleep 0.02; done`],
    });
    const places = ['--token-file', join(directory, 'token'), '--directory', join(directory, 'runner')];
    const runner = startWith({ NOTIFY_SOCKET: join(directory, 'notify') }, [
      '--url',
      server.url,
      ...places,
      '--no-guard',
    ]);
    await waitUntil('the job runs', () => job.log().includes('sleep 600'));
    const ended = once(runner, 'exit');
    runner.kill('SIGTERM');
    const STATUS = 'stopping: 1 job under way, 1 of them being torn down';
    await waitUntil('it has asked in the teardown', () => socket.messages.some((words) => words.STATUS === STATUS));
    expect(socket.messages.some((words) => words.EXTEND_TIMEOUT_USEC === '60000000')).toBe(true);
    writeFileSync(join(directory, 'go'), '');
    expect(await ended).toEqual([0, null]);
  } finally {
    await socket.close();
    await server.close();
  }
});

it('shows figures, jobs and health from its start to its end', async () => {
  const damaged = join(directory, 'runner/jobs/7');
  mkdirSync(damaged, { recursive: true });
  writeFileSync(join(damaged, 'job.json'), '{');
  const runner = start({}, '--listen-address', '127.0.0.1:0');
  const [, url = ''] = await waitUntil('it listens', () => /shows figures on (\S+)\/metrics/.exec(log));
  const get = async (path: string): Promise<string> => {
    const answer = await fetch(`${url}${path}`, { signal: AbortSignal.timeout(10_000) });
    return `${answer.status} ${await answer.text()}`;
  };
  await waitUntil('it is ready', async () => (await get('/health/ready')) === '200 ready\n');
  expect(await get('/health/live')).toBe('200 alive\n');
  expect(await get('/debug/jobs/list')).toBe('200 ');
  await waitUntil('it has complained of the server', async () =>
    /^gitlab_runner_errors_total\{level="warning"\} [1-9]/m.test(await get('/metrics')),
  );
  const all = await get('/metrics');
  expect(all).toMatch(/^process_resident_memory_bytes [1-9]\d+$/m);
  expect(all).toMatch(/^epilogue_runner_unusable_journals 1$/m);
  expect(all).not.toContain('nobody-knows-it');
  const ended = once(runner, 'exit');
  runner.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
});

it('writes a log of objects, without its token', async () => {
  const words = readFileSync(join(directory, 'token'), 'utf8').trim();
  start({}, '--log-format', 'json');
  const [line = ''] = await waitUntil('it has complained of the server', () => /^.*"level":"warning".*\n/m.exec(log));
  expect(JSON.parse(line)).toMatchObject({ level: 'warning', runner: 'runner', msg: expect.stringContaining(NOWHERE) });
  expect(log).not.toContain(words);
});

describe('the unit for systemd', () => {
  const file = join(import.meta.dirname, '../../packaging/epilogue-runner.service');
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => /^\w+=/.test(line));
  const unit = new Map(lines.map((line) => [line.replace(/=.*$/, ''), line.replace(/^\w+=/, '')]));

  it('lets scripts outlive the runner, starts it again, and leaves it more time than it takes to tear down', () => {
    expect(Object.fromEntries(unit)).toMatchObject({
      Type: 'notify',
      NotifyAccess: 'all',
      KillMode: 'process',
      Restart: 'always',
      OOMPolicy: 'continue',
    });
    expect(unit.get('User')).not.toMatch(/^(root|0|)$/);
    expect(Number(unit.get('TimeoutStopSec')) * 1000).toBeGreaterThan(DEFAULT_RUNNER_CONFIG.shutdownTimeoutMs);
  });

  it('starts the program with words that it knows', () => {
    const [, ...words] = (unit.get('ExecStart') ?? '').split(' ');
    expect(words).toContain('--no-guard');
    const config = words.indexOf('--config') + 1;
    const place = words.indexOf('--working-directory') + 1;
    words[config] = join(directory, 'none.toml');
    words[place] = join(directory, 'work');
    const { stderr, status } = spawnSync(PROGRAM, words, {
      env: { PATH: process.env.PATH, HOME: directory },
      encoding: 'utf8',
      timeout: 20_000,
    });
    expect(stderr).toContain('none.toml');
    expect(status).toBe(2);
  });

  it.skipIf(spawnSync('systemd-analyze', ['--version']).error !== undefined && process.env.CI !== 'true')(
    'has no word that systemd does not know',
    () => {
      const copy = join(directory, 'epilogue-runner.service');
      writeFileSync(copy, readFileSync(file, 'utf8').replaceAll('/usr/local/bin/epilogue', PROGRAM));
      const { stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', copy], { encoding: 'utf8' });
      expect(stderr).toBe('');
    },
  );
});
