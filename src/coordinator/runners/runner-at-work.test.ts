import { expect, it } from 'vitest';
import type { RunnerAtWork } from '../../store/index.ts';
import { whyStuck } from './runner-at-work.ts';

const online = (changes: Partial<RunnerAtWork>): RunnerAtWork =>
  ({ tags: [], runUntagged: true, isProtected: false, machines: [], ...changes }) as RunnerAtWork;

const ANY = { tags: [], isProtected: false, isGraceful: false };
const GRACEFUL = { ...ANY, isGraceful: true };
const ABLE = { cancelsGracefully: true, isQuarantined: false };
const OUT = { cancelsGracefully: true, isQuarantined: true };
const BLUNT = { cancelsGracefully: false, isQuarantined: false };

it.each<[string, Parameters<typeof whyStuck>, string | null]>([
  ['one fits', [{ tags: ['a'], isProtected: false, isGraceful: false }, [online({ tags: ['b', 'a'] })]], null],
  [
    'a protected one fits a protected ref',
    [{ tags: [], isProtected: true, isGraceful: false }, [online({ isProtected: true })]],
    null,
  ],
  ['none is there', [{ tags: [], isProtected: false, isGraceful: false }, []], 'takes jobs of this project is online'],
  [
    'tags are lacking',
    [{ tags: ['a', 'c'], isProtected: false, isGraceful: false }, [online({ tags: ['a'] })]],
    'all tags of the job: a, c',
  ],
  [
    'none takes it without tags',
    [{ tags: [], isProtected: false, isGraceful: false }, [online({ runUntagged: false })]],
    'without tags',
  ],
  [
    'all are protected',
    [{ tags: [], isProtected: false, isGraceful: false }, [online({ isProtected: true })]],
    'protected branches',
  ],
  ['all are in quarantine', [ANY, [online({ machines: [OUT, OUT] })]], 'is in quarantine'],
  ['one of them is not', [ANY, [online({ machines: [OUT] }), online({ machines: [OUT, BLUNT] })]], null],
  ['none cancels gracefully that would fit', [GRACEFUL, [online({ machines: [BLUNT, OUT] })]], 'can cancel gracefully'],
  ['one does', [GRACEFUL, [online({ machines: [BLUNT, ABLE] })]], null],
  ['nobody knows', [GRACEFUL, [online({})]], null],
])('says why a job waits on, or that it does not: %s', (_what, [wanted, runners], message) => {
  const stuck = whyStuck(wanted, runners);
  if (message === null) expect(stuck).toBeNull();
  else expect(stuck?.message).toContain(message);
});
