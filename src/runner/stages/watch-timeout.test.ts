import { afterEach, beforeEach, expect, it } from 'vitest';
import { Control } from '../control.ts';
import { JobBench } from '../testing/job-bench.ts';

const MINUTE = 60_000;

let bench: JobBench;

beforeEach(() => {
  bench = new JobBench({ step_script: [{ do: 'hang' }] });
  bench.isSameBoot = true;
});
afterEach(() => bench.dispose());

it.each([120, -120])(
  'a clock that is set by %d minutes while no runner is there changes no time-out of a job',
  async (minutes) => {
    const begun = bench.clock.monotonic();
    await expect(
      bench.run(new Control(), false, () => {
        if (bench.started.includes('step_script')) throw new Error('killed');
      }),
    ).rejects.toThrow('killed');
    await bench.clock.sleep(MINUTE);
    bench.clock.jump(minutes * MINUTE);
    expect((await bench.run(new Control(), true))?.cause).toBe('timed_out');
    const tookMs = bench.clock.monotonic() - begun;
    const timeoutMs = bench.payload.runner_info.timeout * 1_000;
    expect(tookMs).toBeGreaterThanOrEqual(timeoutMs);
    expect(tookMs).toBeLessThan(timeoutMs + MINUTE);
  },
);
