import { describe, expect, it } from 'vitest';
import type { Status } from '../../protocol/index.ts';
import { bitOf, countedAs, rollUp } from './roll-up.ts';

/** `failed*` may fail. */
function sum(jobs: string, mode: 'stage' | 'needs' = 'stage'): Status {
  const counted = jobs.split(', ').map((text) => countedAs(text.replace('*', '') as Status, text.endsWith('*')));
  return rollUp(
    counted.reduce((bits, kind) => bits | bitOf(kind), 0),
    mode,
  );
}

describe('the sum of jobs', () => {
  it.each([
    ['success, failed*', 'success'],
    ['failed*', 'success'],
    ['canceled*', 'success'],
    ['manual*', 'skipped'],
    ['manual*, success', 'success'],
    ['manual, success', 'manual'],
    ['manual, failed', 'manual'],
    ['manual, canceled', 'manual'],
    ['canceled, success', 'canceled'],
    ['canceled, failed', 'failed'],
    ['canceled, manual*', 'canceled'],
    ['skipped, failed', 'failed'],
    ['skipped, success', 'success'],
    ['canceling, canceled', 'canceling'],
    ['canceling, success', 'canceling'],
    ['canceling, failed', 'canceling'],
    ['canceling*', 'canceling'],
    ['canceling, running', 'running'],
    ['canceling, created', 'running'],
    ['canceling, manual', 'manual'],
    ['scheduled, success', 'scheduled'],
    ['created, success', 'running'],
    ['created, failed', 'running'],
    ['created, pending', 'pending'],
    ['created, skipped', 'pending'],
    ['created, manual', 'manual'],
    ['waiting_for_resource, success', 'waiting_for_resource'],
    ['skipped', 'skipped'],
    ['created, failed*', 'created'],
  ])('%s: %s', (jobs, status) => {
    expect(sum(jobs)).toBe(status);
  });

  it('of no jobs is success', () => {
    expect(rollUp(0)).toBe('success');
    expect(rollUp(0, 'needs')).toBe('success');
  });

  it('of needs: one that was skipped, or need not be played, skips at once', () => {
    expect(sum('running, skipped', 'needs')).toBe('skipped');
    expect(sum('success, manual*', 'needs')).toBe('skipped');
    expect(sum('success, failed*', 'needs')).toBe('success');
  });
});
