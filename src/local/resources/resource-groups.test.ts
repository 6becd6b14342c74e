import { describe, expect, it } from 'vitest';
import { AutoClock } from '../../../test/support/auto-clock.ts';
import { ResourceGroups } from './resource-groups.ts';
import type { TakenResource } from './take-resource.ts';

const LOOK_MS = 100;
const holder = { run: 7, job: 70 };

/** Groups whose tries get these answers, the last of them for ever; `taken` is held until given back. */
function groupsWith(answers: readonly (TakenResource['kind'] | Error)[], recoveryFails = false) {
  const clock = new AutoClock(0);
  const told: string[] = [];
  const granted: string[] = [];
  const recovered: number[] = [];
  let tries = 0;
  let held = 0;
  const groups = new ResourceGroups({
    clock,
    async take() {
      const answer = answers[Math.min(tries, answers.length - 1)];
      tries += 1;
      if (answer instanceof Error) throw answer;
      if (answer !== 'taken') return { kind: answer ?? 'held', by: holder };
      held += 1;
      expect(held).toBe(1);
      const giveBack = () => {
        held -= 1;
      };
      return { kind: 'taken', giveBack };
    },
    async recover(run) {
      recovered.push(run);
      if (recoveryFails) throw new Error('there is no such checkout');
    },
    tell: (_, text) => void told.push(text),
  });
  const want = (...names: readonly string[]) => {
    for (const [job, name] of names.entries()) groups.want({ job, name, key: 'x', grant: () => granted.push(name) });
  };
  return { groups, want, clock, told, granted, recovered, held: () => held };
}

describe('resource groups of a run', () => {
  it('are handed on in the order the jobs came, past those that wait no longer', async () => {
    const { groups, want, granted, held } = groupsWith(['taken']);
    want('a', 'b', 'c');
    await groups.settled();
    groups.giveBack(1, 'x');
    expect(granted).toEqual(['a']);
    groups.giveBack(0, 'x');
    await groups.settled();
    expect(granted).toEqual(['a', 'c']);
    groups.giveBack(2, 'x');
    expect(held()).toBe(0);
  });

  it('are waited for also when the recovery of their holder fails, which is said once', async () => {
    const { groups, want, granted, recovered, told } = groupsWith(['owed', 'owed', 'taken'], true);
    want('a');
    await groups.settled();
    expect(granted).toEqual(['a']);
    expect(recovered).toEqual([holder.run]);
    expect(told.at(-1)).toBe('run 7 could not be recovered: there is no such checkout');
  });

  it('are looked for again until they are free; who has them is said once', async () => {
    const { groups, want, granted, told, clock } = groupsWith(['held', 'held', 'held', 'taken']);
    want('a');
    await groups.settled();
    expect(granted).toEqual(['a']);
    expect(clock.now()).toBe(3 * LOOK_MS);
    expect(told).toEqual(["a waits for the resource group 'x', held by run 7"]);
  });

  it('are not waited for by anybody once the last job that wanted one is gone', async () => {
    const { groups, want, granted, clock } = groupsWith(['held']);
    want('a');
    void clock.sleep(10 * LOOK_MS).then(() => groups.giveBack(0, 'x'));
    await groups.settled();
    expect(clock.now()).toBe(10 * LOOK_MS);
    expect(granted).toEqual([]);
  });

  it('are let go at once by a job that went while the group was being taken', async () => {
    const { groups, want, granted, held } = groupsWith(['taken']);
    want('a');
    groups.giveBack(0, 'x');
    await groups.settled();
    expect(granted).toEqual([]);
    expect(held()).toBe(0);
  });

  it('that a dead run holds are had after its cleanup, which is seen to once', async () => {
    const { groups, want, granted, recovered } = groupsWith(['owed', 'owed', 'owed', 'taken']);
    want('a');
    await groups.settled();
    expect(recovered).toEqual([7]);
    expect(granted).toEqual(['a']);
  });

  it('that cannot be had for a fault of the disk are tried again, and the fault is told once', async () => {
    const full = new Error('disk full');
    const { groups, want, granted, told } = groupsWith([full, full, 'taken']);
    want('a');
    await groups.settled();
    expect(granted).toEqual(['a']);
    expect(told).toEqual([expect.stringContaining('disk full')]);
  });
});
