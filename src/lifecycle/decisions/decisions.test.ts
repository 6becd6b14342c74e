import { describe, expect, it } from 'vitest';
import { decideAutoCancel, type OlderPipeline, pickForResource } from '../index.ts';
import { decideRetry } from './decide-retry.ts';

const DAY_MS = 24 * 3_600_000;
const NOW = 100 * DAY_MS;
const NEWER = { id: 9, sha: 'new', createdAt: NOW, isChild: false, headSha: 'new' };

function older(rest: Partial<OlderPipeline> = {}): OlderPipeline {
  return {
    id: 1,
    sha: 'old',
    createdAt: NOW - 1_000,
    source: 'push',
    status: 'running',
    onNewCommit: 'conservative',
    jobs: [],
    ...rest,
  };
}

const job = (status: 'running' | 'pending' | 'success', interruptible: boolean | 'graceful', isTrigger = false) => ({
  status,
  interruptible,
  isTrigger,
});

describe('auto-cancel on a new commit', () => {
  const only = (candidate: OlderPipeline) => decideAutoCancel(NEWER, [candidate], NOW)[0]?.only ?? null;

  it('is conservative: not once a job that must not be interrupted has started', () => {
    expect(only(older({ jobs: [job('pending', false), job('running', true)] }))).toBe('all');
    expect(only(older({ jobs: [job('success', false)] }))).toBeNull();
    expect(only(older({ jobs: [job('running', false, true), job('running', 'graceful')] }))).toBe('all');
  });

  it('goes by the setting of the older pipeline', () => {
    const jobs = [job('running', false), job('running', true)];
    expect(only(older({ onNewCommit: 'interruptible', jobs }))).toBe('interruptible');
    expect(only(older({ onNewCommit: 'none' }))).toBeNull();
  });

  it.each([
    ['of the same commit', { sha: 'new' }],
    ['that is over', { status: 'success' }],
    ['that is being cancelled', { status: 'canceling' }],
    ['that is not older', { createdAt: NOW }],
    ['of more than a week ago', { createdAt: NOW - 8 * DAY_MS }],
    ['that does not stand for its ref', { source: 'webide' }],
  ] as const)('leaves one alone %s', (_, rest) => {
    expect(only(older(rest))).toBeNull();
  });

  it('takes the oldest first, and never starts from a child pipeline', () => {
    const candidates = [older({ id: 3 }), older({ id: 2 })];
    expect(decideAutoCancel(NEWER, candidates, NOW).map(({ pipeline }) => pipeline)).toEqual([2, 3]);
    expect(decideAutoCancel({ ...NEWER, isChild: true }, candidates, NOW)).toEqual([]);
  });
});

describe('retry', () => {
  const failure = { reason: 'script_failure', exitCode: 1 } as const;

  it.each([
    ['always', { max: 2, when: ['always'], exitCodes: [] }, true],
    ['its reason', { max: 1, when: ['script_failure'], exitCodes: [] }, true],
    ['another reason', { max: 1, when: ['api_failure'], exitCodes: [] }, false],
    ['its exit code', { max: 1, when: [], exitCodes: [1] }, true],
    ['another exit code', { max: 1, when: [], exitCodes: [2] }, false],
    ['another reason, but its exit code', { max: 1, when: ['api_failure'], exitCodes: [1] }, true],
    ['nothing', { max: 0, when: ['always'], exitCodes: [] }, false],
  ] as const)('that asks for %s: %o', (_, retry, expected) => {
    expect(decideRetry(retry, failure, 0)).toBe(expected);
  });

  it('ends when the allowance is used up', () => {
    expect(decideRetry({ max: 2, when: ['always'], exitCodes: [] }, failure, 1)).toBe(true);
    expect(decideRetry({ max: 2, when: ['always'], exitCodes: [] }, failure, 2)).toBe(false);
  });

  it('never follows some reasons, and follows a failed scheduler unasked', () => {
    const always = { max: 2, when: ['always'], exitCodes: [] } as const;
    expect(decideRetry(always, { reason: 'missing_dependency_failure', exitCode: null }, 0)).toBe(false);
    const none = { max: 0, when: [], exitCodes: [] };
    expect(decideRetry(none, { reason: 'scheduler_failure', exitCode: null }, 1)).toBe(true);
    expect(decideRetry(none, { reason: 'scheduler_failure', exitCode: null }, 2)).toBe(false);
  });
});

describe('who gets a free resource group', () => {
  const at = (pipeline: number, id: number) => ({ pipeline, job: id });
  const waiting = [at(5, 51), at(3, 31), at(7, 71)];

  it.each([
    ['unordered', [], 51],
    ['oldest_first', [], 31],
    ['oldest_first', [at(2, 21)], null],
    ['oldest_first', [at(3, 32)], 31],
    ['newest_first', [], 71],
    ['newest_first', [at(8, 81)], null],
    ['newest_ready_first', [at(8, 81)], 71],
  ] as const)('%s, upcoming %o: %s', (mode, upcoming, expected) => {
    expect(pickForResource(mode, waiting, upcoming)?.job ?? null).toBe(expected);
  });

  it('is nobody when nobody waits', () => {
    expect(pickForResource('unordered', [], [at(1, 1)])).toBeNull();
    expect(pickForResource('oldest_first', [], [at(1, 1)])).toBeNull();
  });
});
