import { afterEach, describe, expect, it } from 'vitest';
import { Control } from '../../control.ts';
import { JobBench } from '../../testing/job-bench.ts';

const MINUTE = 60_000;
const LEAVING = { kind: 'evicted', reason: 'the node is drained', isGone: false } as const;
const GONE = { ...LEAVING, isGone: true } as const;

let bench: JobBench;

afterEach(() => bench.dispose());

function at(ms: number, action: () => void): void {
  void bench.clock.sleep(ms).then(action);
}

describe('a cleanup in a place that was told to go', () => {
  it('is followed to its end', async () => {
    bench = new JobBench({
      step_script: [{ do: 'hang' }],
      'after_script-1': [
        { do: 'wait', ms: 2 * MINUTE },
        { do: 'print', text: 'given back\n' },
      ],
    });
    at(MINUTE, () => bench.machine.lose(LEAVING));
    expect(await bench.run()).toMatchObject({
      status: 'failed',
      cause: 'evicted',
      cleanup: { outcome: 'succeeded', attempt: 1 },
    });
    expect(bench.log()).toContain('given back\n');
    expect(bench.machine.started.at(-1)?.step.script).toContain("EPILOGUE_TEARDOWN_CAUSE='evicted'");
  });

  it('is begun anew in another place when that one goes under it', async () => {
    bench = new JobBench({ step_script: [{ do: 'hang' }], 'after_script-1': [{ do: 'hang' }] });
    at(MINUTE, () => bench.machine.lose(LEAVING));
    at(2 * MINUTE, () => bench.machine.lose(GONE));
    expect(await bench.run()).toMatchObject({ cause: 'evicted', cleanup: { outcome: 'succeeded', attempt: 2 } });
    expect([bench.startOf('after_script-1'), bench.startOf('after_script-2')]).toEqual([MINUTE, 2 * MINUTE]);
  });

  it('is followed there although its start has failed, and no other one is started', async () => {
    bench = new JobBench({
      step_script: [{ do: 'hang' }],
      'after_script-1': { late: [{ do: 'wait', ms: MINUTE }] },
    });
    at(MINUTE, () => bench.machine.lose(LEAVING));
    expect(await bench.run()).toMatchObject({ cleanup: { outcome: 'succeeded', attempt: 1 } });
    expect(bench.started.filter((step) => step.startsWith('after_script'))).toEqual(['after_script-1']);
  });

  it('has its time, and no more', async () => {
    bench = new JobBench({ step_script: [{ do: 'hang' }], 'after_script-1': [{ do: 'hang' }] });
    at(MINUTE, () => bench.machine.lose(LEAVING));
    expect(await bench.run()).toMatchObject({ cause: 'evicted', cleanup: { outcome: 'timed_out', attempt: 1 } });
    expect(bench.signals).toContain(`TERM ${6 * MINUTE}`);
  });

  it('has a whole budget in the next one for whoever takes the job over when nobody saw it go', async () => {
    bench = new JobBench({
      'after_script-1': [{ do: 'hang' }],
      'after_script-2': [{ do: 'wait', ms: 4.5 * MINUTE }],
    });
    const dying = bench.run(new Control(), false, () => {
      if (bench.clock.monotonic() >= MINUTE) throw new Error('killed');
    });
    await expect(dying).rejects.toThrow('killed');
    bench.machine.lose(GONE);
    const control = new Control();
    control.interrupt({ cause: 'runner_lost', isCancel: false, by: 'guard' });
    expect(await bench.run(control, true)).toMatchObject({ cleanup: { outcome: 'succeeded', attempt: 2 } });
  });
});

it('a cleanup whose place was gone at once runs in another', async () => {
  bench = new JobBench({ step_script: [{ do: 'hang' }] });
  at(MINUTE, () => bench.machine.lose(GONE));
  expect(await bench.run()).toMatchObject({ cause: 'evicted', cleanup: { outcome: 'succeeded', attempt: 1 } });
});

describe('a cleanup whose place is away', () => {
  const SCRIPT = { step_script: [{ do: 'wait', ms: MINUTE }] } as const;

  it('begins when the place answers again', async () => {
    bench = new JobBench(SCRIPT);
    at(30_000, () => bench.machine.setAway(true));
    at(3.5 * MINUTE, () => bench.machine.setAway(false));
    expect(await bench.run()).toMatchObject({ status: 'success', cleanup: { outcome: 'succeeded', attempt: 1 } });
    expect(bench.startOf('after_script-1')).toBe(3.5 * MINUTE);
    expect(bench.log().match(/could not start yet: .*its place has not answered for 120 s/g)).toHaveLength(1);
  });

  it('is given up with its budget, two minutes later at most, on record', async () => {
    bench = new JobBench(SCRIPT);
    at(30_000, () => bench.machine.setAway(true));
    const { cleanup } = (await bench.run()) ?? {};
    expect(cleanup).toMatchObject({ outcome: 'failed', reason: expect.stringContaining('it never started: ') });
    expect(cleanup?.durationMs).toBeGreaterThanOrEqual(5 * MINUTE);
    expect(cleanup?.durationMs).toBeLessThan(7 * MINUTE);
    expect(bench.started).not.toContain('after_script-1');
  });
});
