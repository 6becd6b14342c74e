import { afterEach, describe, expect, it } from 'vitest';
import { Control } from '../../control.ts';
import { JobBench } from '../../testing/job-bench.ts';

const MINUTE = 60_000;
let bench: JobBench;

afterEach(() => bench.dispose());

function at(ms: number, action: () => void): void {
  void bench.clock.sleep(ms).then(action);
}

describe('a cleanup that cannot start', () => {
  it('is tried again until it can, and the log says what it waits for', async () => {
    let tries = 0;
    bench = new JobBench({
      get 'after_script-1'() {
        tries += 1;
        return tries < 5 ? { refuse: 'no space left on the device' } : [];
      },
    });
    const result = await bench.run();
    expect(result).toMatchObject({ status: 'success', cleanup: { outcome: 'succeeded', attempt: 1 } });
    expect(tries).toBe(5);
    expect(bench.log().match(/could not start yet/g)).toHaveLength(1);
    expect(bench.trouble.join()).toContain('no space left on the device');
  });

  it.each([[], [{ do: 'wait', ms: MINUTE }]] as const)(
    'and has begun all the same, which nobody was told in time, is followed to its end, and no other one is started',
    async (...acts) => {
      bench = new JobBench({ 'after_script-1': { late: acts } });
      const result = await bench.run();
      expect(result?.cleanup).toMatchObject({ outcome: 'succeeded', attempt: 1 });
      expect(bench.started.filter((step) => step.startsWith('after_script'))).toEqual(['after_script-1']);
    },
  );

  it('to the end of its budget has failed, whatever the job’s status is', async () => {
    bench = new JobBench({ 'after_script-1': { refuse: 'no space' } });
    const result = await bench.run();
    expect(result).toMatchObject({ status: 'success', cleanup: { outcome: 'failed' } });
    expect(result?.cleanup.reason).toContain('it never started');
    expect(result?.cleanup.durationMs).toBeGreaterThanOrEqual(5 * MINUTE);
    expect(bench.log()).toContain('after_script never started');
  });

  it('is given up by a force, on record', async () => {
    bench = new JobBench({ 'after_script-1': { refuse: 'no space' } });
    const control = new Control();
    at(MINUTE, () => control.force({ by: 'bob', why: 'in a hurry' }));
    expect((await bench.run(control))?.cleanup).toMatchObject({ outcome: 'skipped', skippedBy: 'bob' });
  });
});

it('leaves a cleanup that whoever takes over cannot start now on the books, for the next one', async () => {
  let isGone = true;
  bench = new JobBench({
    get 'after_script-1'() {
      return isGone ? { refuse: 'there is no shell' } : [];
    },
  });
  const death = (): void => {
    if (bench.started.includes('step_script')) throw new Error('killed');
  };
  await expect(bench.run(new Control(), false, death)).rejects.toThrow('killed');
  const takeOver = () => {
    const control = new Control();
    control.interrupt({ cause: 'runner_lost', isCancel: false, by: 'recover' });
    return bench.run(control, true);
  };
  await expect(takeOver()).rejects.toThrow('there is no shell');
  expect(bench.moves().at(-1)).not.toMatchObject({ move: 'finished' });
  isGone = false;
  expect((await takeOver())?.cleanup).toMatchObject({ outcome: 'succeeded' });
});
