import { afterEach, expect, it } from 'vitest';
import { plainVariable } from '../../protocol/index.ts';
import { Control } from '../control.ts';
import { type Acts, JobBench } from '../testing/job-bench.ts';

const MINUTE = 60_000;
/** How long the machine is suspended: longer than any budget. */
const NIGHT = 8 * 60 * MINUTE;

let bench: JobBench;
afterEach(() => bench.dispose());

function open(acts: Acts): void {
  const variables = [plainVariable('RUNNER_AFTER_SCRIPT_TIMEOUT', '5m', { raw: true })];
  bench = new JobBench(acts, { variables });
}

async function suspendAfter(ms: number): Promise<void> {
  await bench.clock.sleep(ms);
  bench.clock.suspend(NIGHT);
}

it('a script whose time was over while the machine slept is told so soon after it has woken, and its cleanup has all of its own', async () => {
  open({ step_script: [{ do: 'hang' }], 'after_script-1': [{ do: 'wait', ms: 4 * MINUTE }] });
  const suspended = suspendAfter(MINUTE);
  const result = await bench.run();
  await suspended;
  expect(result).toMatchObject({ cause: 'timed_out', cleanup: { outcome: 'succeeded', durationMs: 4 * MINUTE } });
  expect(bench.startOf('after_script-1')).toBeLessThan(NIGHT + 2 * MINUTE);
});

it('a cleanup does not pay for the time in which the machine slept', async () => {
  open({ 'after_script-1': [{ do: 'wait', ms: 4 * MINUTE }] });
  const suspended = suspendAfter(2 * MINUTE);
  expect((await bench.run())?.cleanup).toMatchObject({ outcome: 'succeeded', durationMs: 4 * MINUTE });
  await suspended;
});

it('nor does one whose runner was another one before that', async () => {
  open({ 'after_script-1': [{ do: 'wait', ms: 4 * MINUTE }] });
  const death = (): void => {
    if (bench.started.includes('after_script-1')) throw new Error('killed');
  };
  await expect(bench.run(new Control(), false, death)).rejects.toThrow('killed');
  bench.clock.suspend(NIGHT);
  const next = new Control();
  next.interrupt({ cause: 'runner_lost', isCancel: false, by: 'guard' });
  expect((await bench.run(next, true))?.cleanup).toMatchObject({ outcome: 'succeeded', attempt: 1 });
});
