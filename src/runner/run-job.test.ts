import { afterEach, describe, expect, it } from 'vitest';
import { Failure } from '../base/index.ts';
import { Control } from './control.ts';
import type { JobResult } from './journal/move.ts';
import { JobBench } from './testing/job-bench.ts';

const MINUTE = 60_000;
let bench: JobBench;

afterEach(() => bench.dispose());

/** Interrupts after so many ms of the job's own time. */
function at(ms: number, action: () => void): void {
  void bench.clock.sleep(ms).then(action);
}

describe('a job that nobody interrupts', () => {
  it('runs script and after_script and writes down each move before or after it', async () => {
    bench = new JobBench({});
    const result = await bench.run();
    expect(result).toMatchObject({
      status: 'success',
      cause: 'succeeded',
      cleanup: { outcome: 'succeeded', attempt: 1 },
    });
    expect(bench.started).toEqual(['step_script', 'after_script-1']);
    expect(bench.moves().map((move) => move.move)).toEqual([
      'accepted',
      'step_ended',
      'obligation_opened',
      'step_started',
      'step_ended',
      'teardown_begun',
      'tree_dead',
      'cleanup_started',
      'cleanup_ended',
      'saved',
      'finished',
    ]);
    expect(bench.phases.map((change) => change.phase)).toEqual(['preparing', 'script', 'teardown']);
  });

  it('tells after_script how the script ended', async () => {
    bench = new JobBench({ step_script: [{ do: 'exit', code: 3 }] });
    const result = await bench.run();
    expect(result).toMatchObject({ status: 'failed', failureReason: 'script_failure', exitCode: 3 });
    const script = bench.machine.started.at(-1)?.step.script ?? '';
    expect(script).toContain("export CI_JOB_STATUS='failed'");
    expect(script).toContain("export EPILOGUE_TEARDOWN_CAUSE='failed'");
    expect(script).toContain("export EPILOGUE_SCRIPT_EXIT_CODE='3'");
  });

  it('ends what the script left behind before after_script starts', async () => {
    bench = new JobBench({ step_script: [{ do: 'leave_process' }] });
    await bench.run();
    expect(bench.signals[0]).toMatch(/^TERM/);
    const { at: signalledAt } = bench.machine.signals[0] ?? { at: Number.POSITIVE_INFINITY };
    expect(bench.machine.started.at(-1)?.at).toBeGreaterThanOrEqual(signalledAt);
  });
});

describe('budgets', () => {
  it('add up: a job that times out still has its whole grace and its whole cleanup', async () => {
    bench = new JobBench(
      {
        step_script: [{ do: 'ignore_term' }, { do: 'hang' }],
        'after_script-1': [{ do: 'wait', ms: 5 * MINUTE - 100 }],
      },
      { runner_info: { timeout: 60 } },
    );
    const result = await bench.run();
    expect(result).toMatchObject({
      status: 'failed',
      cause: 'timed_out',
      failureReason: 'job_execution_timeout',
      cleanup: { outcome: 'succeeded' },
    });
    expect(bench.signals[0]).toBe(`TERM ${MINUTE}`);
    expect(bench.signals.find((signal) => signal.startsWith('KILL'))).toMatch(/^KILL 700\d\d$/);
  });

  it('cut off a cleanup that overruns its own, and say so', async () => {
    bench = new JobBench({ 'after_script-1': [{ do: 'ignore_term' }, { do: 'hang' }] });
    const result = await bench.run();
    expect(result).toMatchObject({ status: 'success', cleanup: { outcome: 'timed_out' } });
    expect(result?.cleanup.durationMs).toBeGreaterThanOrEqual(5 * MINUTE);
    expect(bench.log()).toContain('after_script did not end within 300 s');
  });
});

describe('an interruption', () => {
  it('before the first user command leaves nothing owed', async () => {
    bench = new JobBench({});
    const control = new Control();
    bench.getSources = async (_, signal) => {
      control.interrupt({ cause: 'canceled', isCancel: true, by: 'user' });
      signal.throwIfAborted();
    };
    const result = await bench.run(control);
    expect(result).toMatchObject({ status: 'canceled', cleanup: { outcome: 'not_owed', attempt: 0 } });
    expect(bench.started).toEqual([]);
  });

  it('while the script runs stops it and runs the cleanup', async () => {
    bench = new JobBench({ step_script: [{ do: 'print', text: 'up\n' }, { do: 'hang' }] });
    const control = new Control();
    at(MINUTE, () => control.interrupt({ cause: 'canceled', isCancel: true, by: 'user' }));
    const result = await bench.run(control);
    expect(result).toMatchObject({ status: 'canceled', failureReason: null, cleanup: { outcome: 'succeeded' } });
    expect(bench.signals[0]).toBe(`TERM ${MINUTE}`);
    expect(bench.log()).toContain('Canceled by user');
  });

  it.each([
    { isCancel: false, status: 'failed', failureReason: 'runner_interrupted' },
    { isCancel: true, status: 'canceled', failureReason: null },
  ])('by a shutdown ends the job as $status (a cancel: $isCancel)', async ({ isCancel, status, failureReason }) => {
    bench = new JobBench({ step_script: [{ do: 'hang' }] });
    const control = new Control();
    at(MINUTE, () => control.interrupt({ cause: 'runner_shutdown', isCancel, by: 'SIGTERM' }));
    const cleanup = { outcome: 'succeeded' };
    expect(await bench.run(control)).toMatchObject({ status, failureReason, cause: 'runner_shutdown', cleanup });
  });

  it('leaves the cause as it is once the script is over; a cancel still decides the status', async () => {
    bench = new JobBench({ 'after_script-1': [{ do: 'wait', ms: MINUTE }] });
    const control = new Control();
    at(MINUTE / 2, () => control.interrupt({ cause: 'canceled', isCancel: true, by: 'user' }));
    expect(await bench.run(control)).toMatchObject({
      status: 'canceled',
      cause: 'succeeded',
      cleanup: { outcome: 'succeeded' },
    });
  });
});

describe('a force', () => {
  it.each([
    { moment: 'while the script runs', ms: MINUTE, attempt: 0 },
    { moment: 'while the script is dying', ms: 2 * MINUTE + 5_000, attempt: 0 },
    { moment: 'while after_script runs', ms: 3 * MINUTE, attempt: 1 },
  ])('$moment kills everything and records who skipped the cleanup, and why', async ({ ms, attempt }) => {
    bench = new JobBench({
      step_script: [{ do: 'ignore_term' }, { do: 'hang' }],
      'after_script-1': [{ do: 'ignore_term' }, { do: 'hang' }],
    });
    const control = new Control();
    at(2 * MINUTE, () => control.interrupt({ cause: 'canceled', isCancel: true, by: 'ann' }));
    at(ms, () => control.force({ by: 'bob', why: 'in a hurry' }));
    const result = await bench.run(control);
    expect(result).toMatchObject({
      status: 'canceled',
      cleanup: { outcome: 'skipped', skippedBy: 'bob', reason: 'in a hurry', attempt },
    });
    expect(bench.moves().find((move) => move.move === 'forced')).toMatchObject({ by: 'bob', why: 'in a hurry' });
    expect(bench.signals.at(-1)).toMatch(/^KILL/);
  });
});

describe('trouble', () => {
  it('with the sources fails the job, and owes nothing', async () => {
    bench = new JobBench({});
    bench.getSources = async () => {
      throw new Failure('no_space', 'no space left');
    };
    expect(await bench.run()).toMatchObject({
      status: 'failed',
      failureReason: 'runner_system_failure',
      cleanup: { outcome: 'not_owed' },
    });
    expect(bench.trouble.join()).toContain('no space left');
  });

  it('with a secret in its words is told, logged and written down without it', async () => {
    const variable = { key: 'TOKEN', value: 'hunter22', public: false, masked: true, file: false, raw: true };
    bench = new JobBench({}, { variables: [variable] });
    bench.getSources = async () => {
      throw new Failure('git_failed', 'cannot fetch https://a:hunter22@example.org');
    };
    await bench.run();
    const known = [bench.trouble.join(), bench.log(), JSON.stringify(bench.moves())];
    for (const words of known) {
      expect(words).toContain('cannot fetch https://a:[MASKED]@example.org');
      expect(words).not.toContain('hunter22');
    }
  });

  it('with the sources is tried as often as the job says, with a wait in between', async () => {
    const variable = { key: 'GET_SOURCES_ATTEMPTS', value: '3', public: true, masked: false, file: false, raw: true };
    bench = new JobBench({}, { variables: [variable] });
    let tries = 0;
    bench.getSources = async () => {
      tries += 1;
      if (tries < 3) throw new Failure('git_failed', 'the network is down');
    };
    expect(await bench.run()).toMatchObject({ status: 'success' });
    expect(bench.startOf('step_script')).toBeGreaterThanOrEqual(15_000);
    expect(bench.log()).toContain('the network is down; attempt 2 of 3');
  });

  it('with cleaning the place up is told, and changes no result', async () => {
    bench = new JobBench({});
    const result = await bench.run(new Control(), false, (turn) => {
      if (turn === 'clean') throw new Failure('processes_left', '2 processes of the job cannot be killed');
    });
    expect(result).toMatchObject({ status: 'success', cleanup: { outcome: 'succeeded' } });
    expect(bench.trouble.join()).toContain('could not clean up after the job: 2 processes');
    expect(bench.moves().at(-1)).toMatchObject({ move: 'finished' });
  });

  it('with the sources after a hook still runs the cleanup', async () => {
    bench = new JobBench({}, { hooks: [{ name: 'pre_get_sources_script', script: ['true'] }] });
    bench.getSources = async () => {
      throw new Failure('no_space', 'no space left');
    };
    expect(await bench.run()).toMatchObject({ status: 'failed', cleanup: { outcome: 'succeeded' } });
    expect(bench.started).toEqual(['pre_get_sources_script', 'after_script-1']);
  });

  it('starting the script still runs the cleanup: it was owed from the moment before', async () => {
    bench = new JobBench({ step_script: { refuse: 'no space' } });
    expect(await bench.run()).toMatchObject({ status: 'failed', cleanup: { outcome: 'succeeded' } });
  });

  it('starting after_script is how the cleanup ended, and is said', async () => {
    bench = new JobBench({ 'after_script-1': { refuse: 'no space' } });
    const result = await bench.run();
    expect(result?.cleanup).toMatchObject({ outcome: 'failed' });
    expect(bench.trouble.join()).toContain('after_script could not start');
  });

  it('that takes the script away from outside is told from a failure of its own', async () => {
    bench = new JobBench({ step_script: [{ do: 'vanish' }] });
    expect(await bench.run()).toMatchObject({
      status: 'failed',
      failureReason: 'runner_system_failure',
      cleanup: { outcome: 'succeeded' },
    });
  });

  it('that takes after_script away begins it again, with the next attempt, and gives up in the end', async () => {
    bench = new JobBench({ 'after_script-1': [{ do: 'vanish' }] });
    expect((await bench.run())?.cleanup).toMatchObject({ outcome: 'succeeded', attempt: 2 });
    bench.dispose();
    const vanish = [{ do: 'vanish' }] as const;
    bench = new JobBench({ 'after_script-1': vanish, 'after_script-2': vanish, 'after_script-3': vanish });
    const result: JobResult | null = await bench.run();
    expect(result?.cleanup).toMatchObject({ outcome: 'lost', attempt: 3 });
  });
});
