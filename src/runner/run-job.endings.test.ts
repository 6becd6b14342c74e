import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { payload } from '../../test/support/jobs/payload.ts';
import { Control } from './control.ts';
import { type Acts, JobBench } from './testing/job-bench.ts';

let bench: JobBench;

beforeEach(() => {
  bench = new JobBench({});
});

afterEach(() => bench.dispose());

function open(acts: Acts): void {
  bench.dispose();
  bench = new JobBench(acts);
}

/** Dies when this is so for the first time, and another runner takes the job over. */
async function takenOverWhen(isSo: () => boolean, control = new Control()): ReturnType<JobBench['run']> {
  const dying = bench.run(control, false, () => {
    if (isSo()) throw new Error('killed');
  });
  await expect(dying).rejects.toThrow('killed');
  const next = new Control();
  next.interrupt({ cause: 'runner_lost', isCancel: false, by: 'guard' });
  return bench.run(next, true);
}

it('fails a job of which an earlier runner found that its report is wrong, and says so', async () => {
  await bench.run();
  const before = bench.moves().filter(({ move }) => move !== 'saved' && move !== 'finished');
  const moves = [...before, { at: 0, move: 'saved', artifacts: [], invalid: 'build.env: line 2 is not KEY=VALUE' }];
  writeFileSync(join(bench.directory, 'moves.jsonl'), moves.map((move) => `${JSON.stringify(move)}\n`).join(''));
  const control = new Control();
  control.interrupt({ cause: 'runner_lost', isCancel: false, by: 'guard' });
  expect(await bench.run(control, true)).toMatchObject({ status: 'failed', failureReason: 'script_failure' });
  expect(bench.log()).toContain('Job failed: build.env: line 2 is not KEY=VALUE');
});

describe('a cancel while the job is torn down', () => {
  const canceling = (control: Control): void => control.interrupt({ cause: 'canceled', isCancel: true, by: 'ana' });
  const fails: Acts = { step_script: [{ do: 'exit', code: 3 }], 'after_script-1': [{ do: 'wait', ms: 60_000 }] };
  const times: Acts = { step_script: [{ do: 'hang' }], 'after_script-1': [{ do: 'wait', ms: 60_000 }] };
  const succeeds: Acts = { 'after_script-1': [{ do: 'wait', ms: 60_000 }] };

  it.each([
    ['has failed', fails, 'failed', 3],
    ['has timed out', times, 'timed_out', null],
    ['has succeeded', succeeds, 'succeeded', 0],
  ] as const)(
    'of a script that %s leaves the cause, and the log and the result say canceled',
    async (_how, acts, cause, exitCode) => {
      open(acts);
      const control = new Control();
      bench.onPhase = ({ phase }) => {
        if (phase === 'teardown') canceling(control);
      };
      const result = await bench.run(control);
      expect(result).toMatchObject({ status: 'canceled', cause, exitCode, cleanup: { outcome: 'succeeded' } });
      expect(bench.log()).toContain('Job canceled by ana');
      expect(bench.log()).not.toContain('Job failed');
    },
  );

  it('is on record before the runner can die of anything', async () => {
    open(fails);
    const control = new Control();
    bench.onPhase = ({ phase }) => {
      if (phase === 'teardown') canceling(control);
    };
    const result = await takenOverWhen(() => bench.started.includes('after_script-1'), control);
    expect(result).toMatchObject({ status: 'canceled', cause: 'failed' });
    expect(bench.log()).toContain('Job canceled by ana');
  });

  it('that comes between the end of the script and its verdict is on record, too', async () => {
    open(fails);
    const control = new Control();
    let isOver = false;
    const dying = bench.run(control, false, (turn) => {
      const names = turn === 'now' && bench.started.length > 0 ? bench.moves().map(({ move }) => move) : [];
      if (!isOver && names.includes('step_ended') && !names.includes('teardown_begun')) {
        isOver = true;
        canceling(control);
      }
      if (bench.started.includes('after_script-1')) throw new Error('killed');
    });
    await expect(dying).rejects.toThrow('killed');
    expect(isOver).toBe(true);
    const next = new Control();
    next.interrupt({ cause: 'runner_lost', isCancel: false, by: 'guard' });
    expect(await bench.run(next, true)).toMatchObject({ status: 'canceled' });
  });

  it('that comes while a place is removed, still decides', async () => {
    open(fails);
    const control = new Control();
    const result = await bench.run(control, false, (turn) => {
      if (turn === 'clean') canceling(control);
    });
    expect(result).toMatchObject({ status: 'canceled' });
    expect(bench.log()).toContain('Job canceled by ana');
  });
});

describe('attempts at a cleanup that are killed from outside', () => {
  const MINUTE = 60_000;
  /** Lasts so long and is then gone. */
  const gone = (ms: number): Acts[string] => [{ do: 'wait', ms }, { do: 'vanish' }];
  const budgetMinutes = (minutes: number) => ({
    variables: [
      ...payload().variables,
      {
        key: 'RUNNER_AFTER_SCRIPT_TIMEOUT',
        value: `${minutes}m`,
        public: true,
        masked: false,
        file: false,
        raw: false,
      },
    ],
  });

  it('share one budget, which is the one that was announced', async () => {
    bench.dispose();
    bench = new JobBench({ 'after_script-1': gone(3 * MINUTE), 'after_script-2': [{ do: 'hang' }] }, budgetMinutes(5));
    const result = await bench.run();
    expect(result?.cleanup).toMatchObject({ outcome: 'timed_out', attempt: 2, durationMs: 5 * MINUTE });
    const { deadline } = bench.phases.find(({ phase }) => phase === 'teardown') ?? {};
    expect(bench.clock.now()).toBeLessThanOrEqual((deadline ?? 0) + MINUTE);
  });

  it('share it when another runner goes on', async () => {
    bench.dispose();
    bench = new JobBench({ 'after_script-1': gone(3 * MINUTE), 'after_script-2': [{ do: 'hang' }] }, budgetMinutes(5));
    const result = await takenOverWhen(() => bench.started.includes('after_script-2'));
    expect(result?.cleanup).toMatchObject({ outcome: 'timed_out', attempt: 2, durationMs: 5 * MINUTE });
  });

  it.each([90, -90])('share it whatever the clock was set to meanwhile, by %d minutes', async (minutes) => {
    bench.dispose();
    bench = new JobBench({ 'after_script-1': [{ do: 'hang' }] }, budgetMinutes(5));
    await expect(
      bench.run(new Control(), false, () => {
        if (bench.started.includes('after_script-1')) throw new Error('killed');
      }),
    ).rejects.toThrow('killed');
    const left = bench.clock.monotonic() + 5 * MINUTE;
    await bench.clock.sleep(2 * MINUTE);
    bench.clock.jump(minutes * MINUTE);
    const next = new Control();
    next.interrupt({ cause: 'runner_lost', isCancel: false, by: 'recover' });
    const result = await bench.run(next, true);
    expect(result?.cleanup).toMatchObject({ outcome: 'timed_out', attempt: 1, durationMs: 5 * MINUTE });
    // Its budget, and what stopping it takes.
    expect(Math.abs(bench.clock.monotonic() - left)).toBeLessThan(MINUTE);
  });

  it('do not pay for the time in which nobody ran', async () => {
    bench.dispose();
    bench = new JobBench({ 'after_script-1': gone(1_000) }, budgetMinutes(5));
    await expect(
      bench.run(new Control(), false, () => {
        if (bench.started.includes('after_script-1')) throw new Error('killed');
      }),
    ).rejects.toThrow('killed');
    // The machine was off, script and guard with it; somebody calls `recover` two hours later.
    await bench.clock.sleep(120 * MINUTE);
    const next = new Control();
    next.interrupt({ cause: 'runner_lost', isCancel: false, by: 'recover' });
    const result = await bench.run(next, true);
    expect(bench.started).toContain('after_script-2');
    expect(result?.cleanup).toMatchObject({ outcome: 'succeeded', attempt: 2 });
  });

  it('go on with the new budget of one that began after a lost machine, whoever watches it', async () => {
    bench.dispose();
    bench = new JobBench({ 'after_script-1': gone(1_000), 'after_script-2': [{ do: 'hang' }] }, budgetMinutes(5));
    const dieWhenStarted = (step: string) => () => {
      if (bench.started.includes(step)) throw new Error('killed');
    };
    await expect(bench.run(new Control(), false, dieWhenStarted('after_script-1'))).rejects.toThrow('killed');
    await bench.clock.sleep(120 * MINUTE);
    const recovering = new Control();
    recovering.interrupt({ cause: 'runner_lost', isCancel: false, by: 'recover' });
    await expect(bench.run(recovering, true, dieWhenStarted('after_script-2'))).rejects.toThrow('killed');
    await bench.clock.sleep(2 * MINUTE);
    const next = new Control();
    next.interrupt({ cause: 'runner_lost', isCancel: false, by: 'recover' });
    const result = await bench.run(next, true);
    expect(result?.cleanup).toMatchObject({ outcome: 'timed_out', attempt: 2, durationMs: 5 * MINUTE });
  });

  it('are counted over all runners', async () => {
    open({ 'after_script-1': gone(1), 'after_script-2': gone(1), 'after_script-3': gone(1) });
    const result = await takenOverWhen(() => bench.started.includes('after_script-2'));
    expect(result?.cleanup).toMatchObject({ outcome: 'lost', attempt: 3 });
  });
});
