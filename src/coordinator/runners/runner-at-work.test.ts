import { expect, it } from 'vitest';
import type { RunnerRecord } from '../../store/index.ts';
import { whyStuck } from './runner-at-work.ts';

const online = (changes: Partial<RunnerRecord>): RunnerRecord =>
  ({ tags: [], runUntagged: true, isProtected: false, ...changes }) as RunnerRecord;

it.each<[string, Parameters<typeof whyStuck>, string | null]>([
  ['one fits', [{ tags: ['a'], isProtected: false }, [online({ tags: ['b', 'a'] })]], null],
  ['a protected one fits a protected ref', [{ tags: [], isProtected: true }, [online({ isProtected: true })]], null],
  ['none is there', [{ tags: [], isProtected: false }, []], 'takes jobs of this project is online'],
  [
    'tags are lacking',
    [{ tags: ['a', 'c'], isProtected: false }, [online({ tags: ['a'] })]],
    'all tags of the job: a, c',
  ],
  ['none takes it without tags', [{ tags: [], isProtected: false }, [online({ runUntagged: false })]], 'without tags'],
  ['all are protected', [{ tags: [], isProtected: false }, [online({ isProtected: true })]], 'protected branches'],
])('says why a job waits on, or that it does not: %s', (_what, [wanted, runners], message) => {
  const stuck = whyStuck(wanted, runners);
  if (message === null) expect(stuck).toBeNull();
  else expect(stuck?.message).toContain(message);
});
