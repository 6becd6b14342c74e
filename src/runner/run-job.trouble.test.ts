import { afterEach, describe, expect, it } from 'vitest';
import { Control } from './control.ts';
import { JobBench } from './testing/job-bench.ts';

const MINUTE = 60_000;
let bench: JobBench;

afterEach(() => bench.dispose());

function at(ms: number, action: () => void): void {
  void bench.clock.sleep(ms).then(action);
}

describe('a clock that jumps', () => {
  it.each([24 * 60 * MINUTE, -24 * 60 * MINUTE])('by %d ms changes no grace and no budget', async (jump) => {
    bench = new JobBench({
      step_script: [{ do: 'ignore_term' }, { do: 'hang' }],
      'after_script-1': [{ do: 'wait', ms: 4 * MINUTE }],
    });
    const control = new Control();
    at(MINUTE, () => control.interrupt({ cause: 'canceled', isCancel: true, by: 'ann' }));
    at(MINUTE + 1_000, () => bench.clock.jump(jump));
    at(3 * MINUTE, () => bench.clock.jump(jump));
    const begun = bench.clock.monotonic();
    const result = await bench.run(control);
    expect(result?.cleanup).toMatchObject({ outcome: 'succeeded', durationMs: 4 * MINUTE });
    expect(bench.signals.some((signal) => signal.startsWith('KILL'))).toBe(true);
    expect(bench.clock.monotonic() - begun).toBeLessThan(5.5 * MINUTE);
  });

  it('while its runner was away leaves a cleanup that already runs its time', async () => {
    const steps = { 'after_script-1': [{ do: 'wait', ms: 4 * MINUTE }] } as const;
    bench = new JobBench(steps);
    const death = (): void => {
      if (bench.started.includes('after_script-1')) throw new Error('killed');
    };
    await expect(bench.run(new Control(), false, death)).rejects.toThrow('killed');
    bench.clock.jump(-60 * MINUTE);
    const control = new Control();
    control.interrupt({ cause: 'runner_lost', isCancel: false, by: 'guard' });
    expect((await bench.run(control, true))?.cleanup).toMatchObject({ outcome: 'succeeded', attempt: 1 });
  });
});

describe('a force', () => {
  it('is on record before the runner that is killed right after it could do anything', async () => {
    bench = new JobBench({ step_script: [{ do: 'ignore_term' }, { do: 'hang' }] });
    const control = new Control();
    let isDead = false;
    at(MINUTE, () => {
      control.force({ by: 'bob', why: 'in a hurry' });
      isDead = true;
    });
    const death = (): void => {
      if (isDead) throw new Error('killed');
    };
    await expect(bench.run(control, false, death)).rejects.toThrow('killed');
    const next = new Control();
    next.interrupt({ cause: 'runner_lost', isCancel: false, by: 'guard' });
    const result = await bench.run(next, true);
    expect(result?.cleanup).toMatchObject({ outcome: 'skipped', skippedBy: 'bob', reason: 'in a hurry' });
    expect(bench.started).toEqual(['step_script']);
  });
});

describe('a port', () => {
  it('that refuses the start keeps the job from it: nothing runs, nothing is owed', async () => {
    bench = new JobBench({});
    bench.askToStart = async () => 'refused';
    expect(await bench.run()).toMatchObject({ status: 'canceled', cleanup: { outcome: 'not_owed' } });
    expect(bench.started).toEqual([]);
  });

  it('that never answers holds up neither a cancel nor a cleanup', async () => {
    bench = new JobBench({}, { hooks: [{ name: 'pre_get_sources_script', script: ['true'] }] });
    bench.getSources = () => new Promise(() => {});
    const control = new Control();
    at(MINUTE, () => control.interrupt({ cause: 'canceled', isCancel: true, by: 'ann' }));
    expect(await bench.run(control)).toMatchObject({ status: 'canceled', cleanup: { outcome: 'succeeded' } });
    bench.dispose();
    bench = new JobBench({});
    bench.askToStart = () => new Promise(() => {});
    const other = new Control();
    at(MINUTE, () => other.interrupt({ cause: 'canceled', isCancel: true, by: 'ann' }));
    expect(await bench.run(other)).toMatchObject({ status: 'canceled', cleanup: { outcome: 'not_owed' } });
  });
});

describe('a place', () => {
  it('that is waited for uses up the time of the job, and of nobody else', async () => {
    bench = new JobBench({}, { runner_info: { timeout: 60 } });
    bench.refusePrepare = async (signal) => {
      await bench.clock.sleep(60 * MINUTE, signal);
      return 'no place in an hour';
    };
    expect(await bench.run()).toMatchObject({
      status: 'failed',
      cause: 'timed_out',
      failureReason: 'job_execution_timeout',
      cleanup: { outcome: 'not_owed' },
    });
    expect(bench.clock.monotonic()).toBe(MINUTE);
  });

  it('that is lost fails the job with its reason', async () => {
    bench = new JobBench({ step_script: [{ do: 'hang' }] });
    at(MINUTE, () => bench.machine.lose({ kind: 'lost', reason: 'the pod is gone' }));
    const result = await bench.run();
    expect(result).toMatchObject({ status: 'failed', failureReason: 'runner_system_failure' });
    expect(bench.log()).toContain('the pod is gone');
    expect(bench.log()).toContain('section_end:1767225660:step_script');
    // Whoever takes the job over asks its place, which knows why, and not the journal, which would only know that the step ended.
    expect(bench.moves().find(({ move }) => move === 'step_ended')).toMatchObject({ step: 'get_sources' });
    expect(bench.moves().filter(({ move }) => move === 'step_ended')).toHaveLength(1);
  });
});

describe('a bug', () => {
  it('in what prepares a job is that job’s failure, and its cleanup runs', async () => {
    bench = new JobBench({}, { hooks: [{ name: 'pre_get_sources_script', script: ['true'] }] });
    bench.getSources = async () => {
      throw new TypeError('undefined is not a function');
    };
    expect(await bench.run()).toMatchObject({
      status: 'failed',
      failureReason: 'runner_system_failure',
      cleanup: { outcome: 'succeeded' },
    });
    expect(bench.trouble.join()).toContain('undefined is not a function');
  });

  it.each(['look', 'readLog', 'signal', 'changed', 'untilDead', 'nestedRuns'])(
    'in `%s` of a place ends no other job',
    async (call) => {
      const acts = [
        { do: 'print', text: 'x' },
        { do: 'wait', ms: 100 },
      ] as const;
      bench = new JobBench({ step_script: acts, 'after_script-1': acts });
      let calls = 0;
      const result = await bench.run(new Control(), false, (turn) => {
        if (turn === call && bench.started.includes('step_script')) {
          calls += 1;
          if (calls < 3) throw new TypeError('a bug');
        }
      });
      expect(result?.status).toBe(['signal', 'untilDead', 'nestedRuns'].includes(call) ? 'success' : 'failed');
      expect(result?.cleanup.outcome).toBe('succeeded');
      expect(bench.moves().at(-1)).toMatchObject({ move: 'finished' });
    },
  );
});

it('stops what is left of a cleanup that was killed, also when that fails at first', async () => {
  bench = new JobBench({ 'after_script-1': [{ do: 'leave_process' }, { do: 'vanish' }] });
  let failures = 0;
  const result = await bench.run(new Control(), false, (turn) => {
    if (turn === 'signal' && bench.started.includes('after_script-1') && failures < 3) {
      failures += 1;
      throw new TypeError('a bug');
    }
  });
  expect(failures).toBe(3);
  expect(result?.cleanup).toMatchObject({ outcome: 'succeeded', attempt: 2 });
});

it('stops its script and runs its cleanup also when a bug ends its teardown', async () => {
  bench = new JobBench({ step_script: [{ do: 'ignore_term' }, { do: 'hang' }] });
  const control = new Control();
  at(MINUTE, () => control.interrupt({ cause: 'canceled', isCancel: true, by: 'ann' }));
  let isBroken = false;
  const tearingDown = bench.run(control, false, (turn) => {
    if (turn !== 'now' || isBroken || control.interruption === null) return;
    isBroken = true;
    throw new TypeError('a bug');
  });
  expect(await tearingDown).toMatchObject({
    failureReason: 'runner_system_failure',
    cleanup: { outcome: 'succeeded', attempt: 1 },
  });
  expect(bench.signals.some((signal) => signal.startsWith('KILL'))).toBe(true);
});

it('names what its script left running', async () => {
  bench = new JobBench({ step_script: [{ do: 'leave_process' }] });
  await bench.run();
  expect(bench.log()).toMatch(/still running after the script, and stopped: \S+ \(\d+\)/);
});
