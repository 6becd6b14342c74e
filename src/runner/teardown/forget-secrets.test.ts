import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { payload } from '../../../test/support/jobs/payload.ts';
import { itAsRoot } from '../../../test/support/privilege.ts';
import { DEFAULT_DOCKER_SETTINGS } from '../../executors/index.ts';
import { plainVariable } from '../../protocol/index.ts';
import { createJournal } from '../journal/journal.ts';
import { readJournal } from '../journal/read-journal.ts';
import { DEFAULT_RUNNER_SETTINGS } from '../open/runner-settings.ts';
import { forgetSecrets } from './forget-secrets.ts';

const environment = [{ key: 'PASSWORD', value: 'hunter22' }];
const SERVICE = { name: 'db', aliases: [], entrypoint: null, command: ['--key', 'hunter22'], environment };

let directory: string;
const told: string[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'epilogue-secrets-'));
  told.length = 0;
});

afterEach(() => rmSync(directory, { recursive: true }));

/** A finished job whose every part held the secret. */
function finish(): void {
  const variables = [{ ...plainVariable('TOKEN', 'hunter22', { raw: true }), masked: true }];
  const record = {
    payload: payload({
      variables,
      token: 'of the job',
      steps: [
        { name: 'script', script: ['login hunter22'], timeout: 3600, when: 'on_success', allow_failure: false },
        { name: 'after_script', script: ['logout hunter22'], timeout: 3600, when: 'always', allow_failure: true },
      ],
      hooks: [{ name: 'pre_get_sources_script', script: ['get hunter22'] }],
      credentials: [{ type: 'registry', url: 'r.example.com', username: 'u', password: 'hunter22' }],
    }),
    cookie: 'c',
    environment: { AWS: 'hunter22' },
    shell: null,
    settings: {
      ...DEFAULT_RUNNER_SETTINGS,
      preBuildScript: 'login hunter22',
      environment: [{ key: 'PASSWORD', value: 'hunter22' }],
      docker: { ...DEFAULT_DOCKER_SETTINGS, services: [SERVICE] },
    },
  };
  const journal = createJournal({ directory, now: () => 0 }, record);
  const cleanup = { outcome: 'not_owed', attempt: 0 } as const;
  const result = { status: 'success', cause: 'succeeded', failureReason: null, exitCode: 0, cleanup, artifacts: [] };
  journal.append({ move: 'finished', result } as Parameters<typeof journal.append>[0]);
  journal.close();
  const step = join(directory, 'steps', 'step_script');
  mkdirSync(step, { recursive: true });
  for (const name of ['claim', 'pid', 'exit']) writeFileSync(join(step, name), '');
  for (const name of ['script', 'script.0a1b', 'log']) writeFileSync(join(step, name), 'hunter22');
}

function everything(): string {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    .join('\n');
}

it('leaves of a finished job its name, its result and which steps it ran, and no secret; also the second time', () => {
  finish();
  for (const round of [1, 2]) {
    forgetSecrets(directory, (message) => told.push(message));
    expect(everything(), `round ${round}`).not.toContain('hunter22');
    expect(everything(), 'a coordinator may have to hear of the end').toContain('"token":"of the job"');
    expect(readdirSync(join(directory, 'steps', 'step_script')).sort()).toEqual(['claim', 'exit', 'pid']);
    const reading = readJournal(directory);
    expect(reading).toMatchObject({ kind: 'usable', progress: { result: { status: 'success' } } });
  }
  expect(told).toEqual([]);
});

it.skipIf(process.getuid?.() === 0)('tells what it could not remove, and goes on (needs an ordinary user)', () => {
  finish();
  chmodSync(directory, 0o500);
  forgetSecrets(directory, (message) => told.push(message));
  chmodSync(directory, 0o700);
  expect(told).toEqual([expect.stringContaining(`secrets of a finished job are left in ${directory}`)]);
});

it('removes the rest where a script has put a directory or a link in the place of what goes', () => {
  finish();
  const steps = join(directory, 'steps');
  mkdirSync(join(steps, 'a_first', 'log', 'x'), { recursive: true });
  mkdirSync(join(directory, 'job.json.tmp', 'x'), { recursive: true });
  const precious = join(directory, 'precious');
  mkdirSync(precious);
  writeFileSync(join(precious, 'log'), 'precious');
  symlinkSync(precious, join(steps, 'b_link'));
  forgetSecrets(directory, (message) => told.push(message));
  expect(everything()).not.toContain('hunter22');
  expect(readFileSync(join(precious, 'log'), 'utf8')).toBe('precious');
  expect(told, 'a directory may hold anything').toEqual([
    expect.stringMatching(/are left in .*: [^,]*steps\/a_first\/log \(a directory\)$/),
  ]);
});

it('follows no link that lies where the steps were', () => {
  finish();
  const steps = join(directory, 'steps');
  renameSync(steps, join(directory, 'moved'));
  symlinkSync(join(directory, 'moved'), steps);
  forgetSecrets(directory, (message) => told.push(message));
  expect(readdirSync(join(directory, 'moved', 'step_script'))).toContain('log');
  expect(told).toEqual([expect.stringContaining(`${steps} (no directory)`)]);
});

itAsRoot('leaves what is mounted among its files', () => {
  finish();
  const precious = join(directory, 'precious');
  mkdirSync(precious);
  for (const name of ['log', 'script']) writeFileSync(join(precious, name), 'precious');
  const [mountPoint, bound] = [join(directory, 'steps', 'a_mount'), join(directory, 'steps', 'step_script', 'log')];
  mkdirSync(mountPoint);
  execFileSync('mount', ['--bind', precious, mountPoint]);
  execFileSync('mount', ['--bind', join(precious, 'log'), bound]);
  try {
    forgetSecrets(directory, (message) => told.push(message));
    expect(readdirSync(precious).sort()).toEqual(['log', 'script']);
    const words = `${mountPoint} (something is mounted there), ${bound} (EBUSY)`;
    expect(told).toEqual([expect.stringContaining(words)]);
    expect(readdirSync(join(directory, 'steps', 'step_script')).sort()).toEqual(['claim', 'exit', 'log', 'pid']);
    expect(readFileSync(join(directory, 'job.json'), 'utf8')).not.toContain('hunter22');
  } finally {
    for (const path of [mountPoint, bound]) execFileSync('umount', [path]);
  }
});
