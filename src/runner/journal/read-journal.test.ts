import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { payload } from '../../../test/support/jobs/payload.ts';
import { DEFAULT_RUNNER_SETTINGS } from '../open/runner-settings.ts';
import { createJournal, reopenJournal } from './journal.ts';
import { type JournalReading, readJournal } from './read-journal.ts';

let directory: string;
const now = () => 1_000;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'epilogue-journal-'));
  const record = {
    payload: payload(),
    cookie: 'cookie',
    environment: { A: 'a' },
    shell: null,
    settings: DEFAULT_RUNNER_SETTINGS,
  };
  const journal = createJournal({ directory, now }, record);
  journal.append({ move: 'obligation_opened' });
  journal.append({ move: 'step_started', step: 'step_script' });
  journal.close();
});

afterEach(() => rmSync(directory, { recursive: true }));

function claim(step: string): void {
  mkdirSync(join(directory, 'steps', step), { recursive: true });
  writeFileSync(join(directory, 'steps', step, 'claim'), '');
}

function usable(): JournalReading & { kind: 'usable' } {
  const reading = readJournal(directory);
  if (reading.kind !== 'usable') throw new Error(JSON.stringify(reading));
  return reading;
}

function rewrite(file: string, change: (text: string) => string): void {
  const path = join(directory, file);
  writeFileSync(path, change(readFileSync(path, 'utf8')));
}

describe('a journal with lines that cannot be read', () => {
  it.each([
    'null',
    '{}',
    '7',
    '"x"',
    '[]',
    '{"at":1}',
    '{"at":1,"move":"finished","result":null}',
    '{"at":1,"mo',
    '\0\0\0',
  ])('passes over %j and counts it', (line) => {
    appendFileSync(join(directory, 'moves.jsonl'), `${line}\n{"at":2,"move":"tree_dead"}\n`);
    expect(usable()).toMatchObject({ damagedLines: 1, progress: { owed: true, treeDead: true, result: null } });
  });

  it('passes over moves of a later version, which are no damage', () => {
    appendFileSync(join(directory, 'moves.jsonl'), '{"at":1,"move":"moved_house","to":"elsewhere"}\n');
    expect(usable()).toMatchObject({ damagedLines: 0, progress: { owed: true } });
  });

  it('still owes the cleanup when a step shows that user commands ran', () => {
    rewrite('moves.jsonl', () => '{"at":1,"move":"accepted"}\n{"at":1,"move":"obliga\n');
    expect(usable().progress.owed).toBe(false);
    claim('step_script');
    expect(usable().progress.owed).toBe(true);
    expect(usable().progress.steps.get('step_script')?.ended).toBeNull();
    rmSync(join(directory, 'moves.jsonl'));
    expect(usable().progress.owed).toBe(true);
  });

  it.each([
    ['a pipe', (path: string) => execFileSync('mkfifo', [path])],
    ['a directory', (path: string) => mkdirSync(join(path, 'x'), { recursive: true })],
    ['a link to nothing', (path: string) => symlinkSync('/nonexistent/file', path)],
    ['a link to itself', (path: string) => symlinkSync(path, path)],
  ])('still owes the cleanup, and goes on, with %s in the place of its moves', (_, make) => {
    claim('step_script');
    rmSync(join(directory, 'moves.jsonl'));
    make(join(directory, 'moves.jsonl'));
    expect(usable().progress.owed).toBe(true);
    const reopened = reopenJournal({ directory, now });
    reopened?.journal.append({ move: 'tree_dead' });
    reopened?.journal.close();
    expect(usable()).toMatchObject({ damagedLines: 0, progress: { owed: true, treeDead: true } });
  });

  it('owes nothing for a step that was given up before it began', () => {
    rewrite('moves.jsonl', () => '{"at":1,"move":"accepted"}\n');
    mkdirSync(join(directory, 'steps', 'step_script'), { recursive: true });
    symlinkSync('forbidden', join(directory, 'steps', 'step_script', 'claim'));
    expect(usable().progress.owed).toBe(false);
  });

  it('finds the attempt at the cleanup that a lost line announced', () => {
    claim('step_script');
    claim('after_script-1');
    claim('after_script-2');
    expect(usable().progress.cleanupAttempt?.number).toBe(2);
    expect([...usable().progress.steps.keys()]).toEqual(['step_script']);
  });
});

describe('a journal that cannot be used', () => {
  it.each(['null', '{}', '', '{"version":{"major":1}}', '{"version":{"major":1},"payload":{}'])(
    'says so of %j',
    (text) => {
      rewrite('job.json', () => text);
      expect(readJournal(directory)).toEqual({ kind: 'unusable', why: 'job.json is damaged' });
      expect(() => reopenJournal({ directory, now })).toThrow('job.json is damaged');
    },
  );

  it('was written by a newer version, whose words it must not read wrongly', () => {
    rewrite('job.json', (text) => text.replace('"major":1', '"major":2'));
    const why = 'a newer epilogue wrote it (format 2, this one knows 1)';
    expect(readJournal(directory)).toEqual({ kind: 'unusable', why });
  });

  it('has lost what the job was, while a step shows that it ran', () => {
    rmSync(join(directory, 'job.json'));
    expect(readJournal(directory)).toEqual({ kind: 'none' });
    claim('step_script');
    expect(readJournal(directory)).toEqual({ kind: 'unusable', why: 'job.json is gone' });
  });
});

it('reads a newer minor version', () => {
  rewrite('job.json', (text) => text.replace('"minor":0', '"minor":7'));
  expect(usable().progress.owed).toBe(true);
});

it('of a job that was handed out for its cleanup alone opens with the cleanup owed, attempts counted on', () => {
  rmSync(directory, { recursive: true });
  const cleanupOnly = payload({ teardown_only: true, cleanup_attempt: 3 });
  createJournal(
    { directory, now },
    { payload: cleanupOnly, cookie: 'c', environment: {}, shell: null, settings: DEFAULT_RUNNER_SETTINGS },
  ).close();
  expect(usable().progress).toMatchObject({ owed: true, firstCleanupAttempt: 3, verdict: { cause: 'runner_lost' } });
});

it.each([
  ['canceled', { cause: 'canceled', isCancel: true, by: 'ana', exitCode: null }],
  ['timed_out', { cause: 'timed_out', isCancel: false, by: 'ana', exitCode: null }],
  ['failed', { cause: 'failed', isCancel: false, by: 'ana', exitCode: 3 }],
  ['succeeded', { cause: 'runner_lost', isCancel: false, by: 'ana', exitCode: null }],
] as const)('of a cleanup that is handed out alone says why its script is over: %s', (cause, verdict) => {
  rmSync(directory, { recursive: true });
  const teardown = { cause, exit_code: 3, requested_by: 'ana' };
  const cleanupOnly = payload({ teardown_only: true, cleanup_attempt: 2, teardown });
  createJournal(
    { directory, now },
    { payload: cleanupOnly, cookie: 'c', environment: {}, shell: null, settings: DEFAULT_RUNNER_SETTINGS },
  ).close();
  expect(usable().progress.verdict).toMatchObject(verdict);
});
