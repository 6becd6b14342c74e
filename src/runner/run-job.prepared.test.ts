import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { payload } from '../../test/support/jobs/payload.ts';
import { itAsRoot } from '../../test/support/privilege.ts';
import { mountsAtOrBelow, realClock } from '../base/index.ts';
import { createShellExecutor } from '../executors/index.ts';
import { Control } from './control.ts';
import type { JobResult } from './journal/move.ts';
import { DEFAULT_RUNNER_SETTINGS } from './open/runner-settings.ts';
import { runJob } from './run-job.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'epilogue-prepared-'));
});

afterEach(() => rmSync(directory, { recursive: true }));

const log = () => readFileSync(join(directory, 'log'), 'utf8');

/** A job on this machine whose script does that in the directory of its steps. */
function run(...script: readonly string[]): Promise<JobResult | null> {
  return runJob({
    directory,
    projectDir: join(directory, 'project'),
    payload: payload({
      steps: [
        {
          name: 'script',
          script: ['cd "${EPILOGUE_NESTED_RUNS%/*}"', ...script],
          timeout: 20,
          when: 'on_success',
          allow_failure: false,
        },
        { name: 'after_script', script: ['echo cleaned'], timeout: 20, when: 'always', allow_failure: true },
      ],
    }),
    executor: createShellExecutor({ clock: realClock }),
    clock: realClock,
    control: new Control(),
    ports: {
      askToStart: async () => 'accepted',
      getSources: async () => {},
      dependencyArchive: async () => null,
      keep: async (artifact) => artifact,
      cacheDir: join(directory, 'cache'),
      phase: () => {},
      extended() {},
      cleaned: () => {},
      logGrew: () => {},
      trouble: () => {},
    },
    environment: { PATH: process.env.PATH ?? '' },
    shell: null,
    settings: DEFAULT_RUNNER_SETTINGS,
    version: 'test',
    keep: false,
  });
}

const EVERY = 'for n in 1 2 3 4; do mkdir -p after_script-$n; rm -rf after_script-$n/$file;';

it.each([
  ['has been claimed', 'file=claim', 'true >after_script-$n/claim; done'],
  ['has been forbidden', 'file=claim', 'ln -s forbidden after_script-$n/claim; done'],
  ['has a pipe for its claim', 'file=claim', 'mkfifo after_script-$n/claim; done'],
  ['has a pipe for its log', 'file=log', 'mkfifo after_script-$n/log; done'],
  ['has a directory for its log', 'file=log', 'mkdir after_script-$n/log; done'],
  ['has a link for its log', 'file=log', 'ln -s /dev/null after_script-$n/log; done'],
  ['has a pipe for its end', 'file=exit', 'mkfifo after_script-$n/exit; done'],
  ['has ended', 'file=exit', 'printf "000 1.0\\n" >after_script-$n/exit; done'],
  ['is a pipe', 'file=pid', 'rm -r after_script-$n; mkfifo after_script-$n; done'],
])('runs the cleanup, once, and keeps its output where a script has seen to it that it %s', async (_, file, make) => {
  expect(await run(file, `${EVERY} ${make}`)).toMatchObject({
    status: 'success',
    cleanup: { outcome: 'succeeded', attempt: 1 },
  });
  expect(log().match(/^cleaned$/gm)).toHaveLength(1);
});

itAsRoot('takes another place for the cleanup where something is mounted that cannot be moved', async () => {
  const place = join(directory, 'steps', 'after_script-1');
  try {
    const mount = 'mkdir -p after_script-1; mount -t tmpfs tmpfs after_script-1';
    expect(await run(mount, 'mkdir after_script-1/claim')).toMatchObject({
      status: 'success',
      cleanup: { outcome: 'succeeded', attempt: 2 },
    });
    expect(log()).toContain('after_script could not start yet: cannot clear the place of after_script-1');
    expect(log()).toMatch(/^cleaned$/m);
  } finally {
    execFileSync('umount', [place]);
  }
});

itAsRoot('runs the cleanup where something is mounted over a file of it, and leaves that as it is', async () => {
  const precious = join(directory, 'precious');
  writeFileSync(precious, 'precious');
  const mount = (file: string) =>
    `mkdir -p after_script-1; : >>after_script-1/${file}; mount --bind ${precious} after_script-1/${file}`;
  try {
    expect(await run(mount('log'), mount('exit'), mount('room'))).toMatchObject({
      status: 'success',
      cleanup: { outcome: 'succeeded', attempt: 1 },
    });
    expect(log()).toMatch(/^cleaned$/m);
    expect(readFileSync(precious, 'utf8')).toBe('precious');
  } finally {
    for (const path of mountsAtOrBelow(directory) ?? []) execFileSync('umount', [path]);
  }
});
