import { expect, it } from 'vitest';
import { lateStoryOf, type Obligation, storyOf } from './obligation.ts';

const CLEANUP = {
  outcome: null,
  exit_code: null,
  duration: null,
  attempt: 1,
  failed_attempts: 0,
  skipped_by: null,
  reason: null,
  late: null,
};

function of(state: Obligation['state'], more: object = {}, cleanup: object = {}): Obligation {
  const base = { state, phase: null, runner: { id: 3, description: 'ci-2' }, cleanup: { ...CLEANUP, ...cleanup } };
  return { ...base, ...more } as unknown as Obligation;
}

it.each([
  [of('open', { phase: 'script' }), 'Runner ci-2 runs the script; cleanup follows.'],
  [of('open', { phase: 'teardown' }), 'Runner ci-2 is cleaning up.'],
  [of('open', { runner: null }), 'Waits for a runner that cleans up.'],
  [of('failed', {}, { exit_code: 2 }), 'after_script ended with exit code 2.'],
  [of('failed'), 'after_script failed.'],
  [of('timed_out'), 'after_script ran out of time.'],
  [of('skipped', {}, { skipped_by: 'ana', reason: 'force cancel' }), 'Skipped by ana: force cancel.'],
  [of('lost', { runner: { id: 3, description: '' } }), 'Runner #3 did not come back, and no other could take it over.'],
])('tells why it is on the list', (obligation, story) => {
  expect(storyOf(obligation)).toBe(story);
  expect(lateStoryOf(obligation)).toBeNull();
});

it('tells what a runner said that came back', () => {
  const late = { outcome: 'timed_out' };
  expect(lateStoryOf(of('lost', {}, { late }))).toBe('Its runner came back: the cleanup timed out all the same.');
});
