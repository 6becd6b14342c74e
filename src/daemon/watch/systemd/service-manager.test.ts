import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NotifySocket } from '../../../../test/daemon/support/notify-socket.ts';
import { realClock } from '../../../base/index.ts';
import { readServiceSettings, ServiceManager } from './service-manager.ts';

const DEADLINE = { timeout: 20_000 };
const PATH = process.env.PATH ?? '';
const isMissing = ['systemd-notify', 'perl'].some((name) => spawnSync(name, ['--version']).error !== undefined);

let directory: string;
let warnings: string[];
let words: string;
let stop: AbortController;
let manager: ServiceManager | null;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'epilogue-notify-'));
  [warnings, words, stop, manager] = [[], 'takes jobs', new AbortController(), null];
});
afterEach(async () => {
  await manager?.end();
  rmSync(directory, { recursive: true, force: true });
});

function start(socket: string, { path = PATH, watchdogMs = null as number | null } = {}): ServiceManager {
  manager = new ServiceManager({
    socket,
    path,
    watchdogMs,
    clock: realClock,
    status: () => words,
    stopping: stop.signal,
    warn: (text) => warnings.push(text),
  });
  manager.start();
  return manager;
}

describe.skipIf(isMissing && process.env.CI !== 'true')('with systemd-notify', () => {
  it.each(['a path', 'an abstract name'])(
    'tells, at a socket that has %s, that it is ready, reads its settings again, and stops',
    async (kind) => {
      const name = kind === 'a path' ? join(directory, 'notify') : `@epilogue-${directory}`;
      const socket = await NotifySocket.open(name);
      try {
        const told = start(name);
        await expect.poll(() => socket.messages, DEADLINE).toEqual([{ READY: '1', STATUS: 'takes jobs' }]);
        told.reload(() => {
          words = 'takes more\njobs';
        });
        await expect
          .poll(() => socket.messages.slice(1), DEADLINE)
          .toEqual([{ RELOADING: '1' }, { READY: '1', STATUS: 'takes more jobs' }]);
        stop.abort();
        await expect
          .poll(() => socket.messages.slice(3), DEADLINE)
          .toEqual([{ STOPPING: '1', EXTEND_TIMEOUT_USEC: '60000000' }]);
        await told.end();
        expect([socket.messages.length, warnings]).toEqual([4, []]);
      } finally {
        await socket.close();
      }
    },
  );

  it('says that it lives more often than it is asked to, and asks for more time as long as it stops', async () => {
    const socket = await NotifySocket.open(join(directory, 'notify'));
    try {
      start(join(directory, 'notify'), { watchdogMs: 600 });
      const count = (name: string): number => socket.messages.filter((each) => name in each).length;
      await expect.poll(() => count('WATCHDOG'), DEADLINE).toBeGreaterThan(2);
      stop.abort();
      await expect.poll(() => count('EXTEND_TIMEOUT_USEC'), DEADLINE).toBeGreaterThan(2);
      expect([count('STOPPING'), count('READY'), warnings]).toEqual([1, 1, []]);
    } finally {
      await socket.close();
    }
  });

  it('says that it stops even when it ends in the same moment', async () => {
    const socket = await NotifySocket.open(join(directory, 'notify'));
    try {
      const told = start(join(directory, 'notify'));
      await told.end();
      await expect.poll(() => socket.messages.at(-1), DEADLINE).toEqual({ STOPPING: '1' });
    } finally {
      await socket.close();
    }
  });
});

it('warns once when nobody hears it, and goes on', async () => {
  const told = start(join(directory, 'nobody'), { path: directory });
  told.reload(() => {});
  await told.end();
  expect(warnings).toEqual([
    expect.stringMatching(/^systemd is not told how the runner is: systemd-notify cannot be started/),
  ]);
});

it('says what systemd-notify complains of', async () => {
  const program = join(directory, 'systemd-notify');
  writeFileSync(program, '#!/bin/sh\necho odd >&2; exit 3\n');
  chmodSync(program, 0o755);
  const told = start(join(directory, 'nobody'), { path: directory });
  await told.end();
  expect(warnings).toEqual([expect.stringContaining('systemd-notify ended with 3: odd')]);
});

it.each([
  [
    { NOTIFY_SOCKET: '/run/x', PATH: '/bin' },
    { socket: '/run/x', path: '/bin', watchdogMs: null },
  ],
  [
    { NOTIFY_SOCKET: '@x', WATCHDOG_USEC: '30000000', WATCHDOG_PID: '7', SYSTEMD_EXEC_PID: '7' },
    { socket: '@x', path: '', watchdogMs: 30_000 },
  ],
  [
    { NOTIFY_SOCKET: '/x', WATCHDOG_USEC: '30000000', WATCHDOG_PID: '8' },
    { socket: '/x', path: '', watchdogMs: null },
  ],
  [{ NOTIFY_SOCKET: '/x', SYSTEMD_EXEC_PID: '8' }, null],
  [{ NOTIFY_SOCKET: 'vsock:2:1' }, null],
  [{}, null],
])('reads what it was started with: %j', (env, settings) => {
  expect(readServiceSettings(env, 7)).toEqual(settings);
});
