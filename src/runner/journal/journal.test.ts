import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { payload } from '../../../test/support/jobs/payload.ts';
import { DEFAULT_RUNNER_SETTINGS } from '../open/runner-settings.ts';
import type { JobRecord } from './job-record.ts';
import { createJournal, reopenJournal } from './journal.ts';
import type { Progress } from './progress.ts';
import { readJournal } from './read-journal.ts';

let directory: string;
const now = () => 1_000;

beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), 'epilogue-journal-')), 'job');
});

afterEach(() => rmSync(join(directory, '..'), { recursive: true }));

function create(): ReturnType<typeof createJournal> {
  return createJournal({ directory, now }, record());
}

function record(changes: Partial<JobRecord> = {}): JobRecord {
  const began = { environment: { KUBECONFIG: 'staging' }, shell: '/bin/sh', settings: DEFAULT_RUNNER_SETTINGS };
  return { payload: payload(), cookie: 'cookie', ...began, ...changes };
}

function progress(): Progress {
  const reading = readJournal(directory);
  if (reading.kind !== 'usable') throw new Error(reading.kind);
  return reading.progress;
}

function moves(): string[] {
  return readFileSync(join(directory, 'moves.jsonl'), 'utf8').trimEnd().split('\n');
}

describe('a journal', () => {
  it('adds up to the same progress for whoever opens it next', () => {
    const journal = create();
    journal.append({ move: 'obligation_opened' });
    journal.append({ move: 'step_started', step: 'step_script' });
    journal.append({ move: 'step_ended', step: 'step_script', code: 3 });
    journal.close();
    const next = reopenJournal({ directory, now });
    expect(next?.journal.progress).toEqual(journal.progress);
    expect(next?.journal.progress).toMatchObject({ owed: true, verdict: null });
    expect(next?.record).toEqual(record());
    expect(next?.journal.progress.steps.get('step_script')).toEqual({ startedAt: 1_000, ended: { code: 3 } });
    next?.journal.close();
  });

  it('keeps the first cause: a later one changes nothing', () => {
    const journal = create();
    const verdict = { isCancel: false, exitCode: null, by: null, reason: null, message: null };
    journal.append({ move: 'teardown_begun', cause: 'timed_out', ...verdict });
    journal.append({ move: 'teardown_begun', cause: 'canceled', ...verdict });
    expect(journal.progress.verdict?.cause).toBe('timed_out');
    journal.close();
  });

  it('passes over a line that a crash cut short, and does not let it spoil the next one', () => {
    create().close();
    appendFileSync(join(directory, 'moves.jsonl'), '{"at":1,"move":"obligation_op');
    const next = reopenJournal({ directory, now });
    expect(next?.journal.progress.owed).toBe(false);
    next?.journal.append({ move: 'obligation_opened' });
    next?.journal.close();
    expect(progress().owed).toBe(true);
    expect(moves()).toHaveLength(3);
  });

  it('takes note in memory alone when it is told to', () => {
    const journal = create();
    journal.assume({ move: 'tree_dead' });
    expect(journal.progress.treeDead).toBe(true);
    expect(moves()).toHaveLength(1);
    journal.close();
  });

  it('is for its owner alone: it holds the job’s secrets', () => {
    create().close();
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(statSync(join(directory, 'job.json')).mode & 0o777).toBe(0o600);
  });

  it('that was never begun has nothing to take over', () => {
    expect(reopenJournal({ directory, now })).toBeNull();
    expect(readJournal(directory)).toEqual({ kind: 'none' });
  });

  it('says where it cannot be written', () => {
    writeFileSync(join(directory, '..', 'job'), 'a file is in the way');
    expect(create).toThrow(`cannot write the journal in ${directory}`);
  });
});
