import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { plainVariable } from '../../protocol/index.ts';
import { createJournal } from '../journal/journal.ts';
import { readJournal } from '../journal/read-journal.ts';
import { payload } from '../testing/payload.ts';
import { forgetSecrets } from './forget-secrets.ts';

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
      token: 'hunter22',
      steps: [
        { name: 'script', script: ['login hunter22'], timeout: 3600, when: 'on_success', allow_failure: false },
        { name: 'after_script', script: ['logout hunter22'], timeout: 3600, when: 'always', allow_failure: true },
      ],
      hooks: [{ name: 'pre_get_sources_script', script: ['get hunter22'] }],
    }),
    cookie: 'c',
    environment: { AWS: 'hunter22' },
    shell: null,
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
