import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import type { JobPayload, Variable } from '../../../protocol/index.ts';
import { Control } from '../../control.ts';
import { type Acts, JobBench } from '../../testing/job-bench.ts';

let bench: JobBench;

afterEach(() => bench.dispose());

function open(acts: Acts, settings: Readonly<Record<string, string>>, changes: Partial<JobPayload> = {}): void {
  const variables = Object.entries(settings).map(
    ([key, value]): Variable => ({ key, value, public: true, masked: false, file: false, raw: false }),
  );
  bench = new JobBench(acts, { ...changes, variables });
}

const fails: Acts[string] = [{ do: 'exit', code: 3 }];

/** The same at every attempt. */
function always(act: Acts[string]): Acts {
  return Object.fromEntries([1, 2, 3, 4, 5, 6, 7].map((attempt) => [`after_script-${attempt}`, act]));
}

/** The runner dies when this is so for the first time, and another one takes the job over. */
async function takenOverWhen(isSo: () => boolean): ReturnType<JobBench['run']> {
  const dying = bench.run(new Control(), false, () => {
    if (isSo()) throw new Error('killed');
  });
  await expect(dying).rejects.toThrow('killed');
  return bench.run(lost(), true);
}

function lost(): Control {
  const control = new Control();
  control.interrupt({ cause: 'runner_lost', isCancel: false, by: 'guard' });
  return control;
}

function startsOfAttempts(): (number | undefined)[] {
  const attempts = bench.started.filter((id) => id.startsWith('after_script-'));
  const starts = attempts.map((id) => bench.startOf(id) ?? 0);
  return starts.map((start) => start - (starts[0] ?? 0));
}

it('begins a cleanup that fails again, after a pause that doubles, until one ends well', async () => {
  open({ 'after_script-1': fails, 'after_script-2': fails }, { EPILOGUE_CLEANUP_RETRY: '4' });
  const result = await bench.run();
  expect(result?.cleanup).toMatchObject({ outcome: 'succeeded', exitCode: 0, attempt: 3, failedAttempts: 2 });
  expect(startsOfAttempts()).toEqual([0, 1_000, 3_000]);
  expect(bench.log()).toContain('after_script failed with exit code 3; attempt 2 of 5 in 1 s');
  expect(bench.log()).toContain('after_script failed with exit code 3; attempt 3 of 5 in 2 s');
  expect(bench.cleaned).toEqual([result?.cleanup]);
});

it('tells each attempt its number, and all of them the same key', async () => {
  open(always(fails), { EPILOGUE_CLEANUP_RETRY: '1' });
  await bench.run();
  const told = (name: string) =>
    bench.machine.started.flatMap(({ step }) => new RegExp(`export ${name}='(.*)'`).exec(step.script)?.[1] ?? []);
  expect(told('EPILOGUE_CLEANUP_ATTEMPT')).toEqual(['1', '2']);
  expect(new Set(told('EPILOGUE_CLEANUP_KEY')).size).toBe(1);
});

it('lets the failure stand after the last attempt, five pauses at most', async () => {
  open(always(fails), { EPILOGUE_CLEANUP_RETRY: '5' });
  const result = await bench.run();
  expect(result?.cleanup).toMatchObject({ outcome: 'failed', exitCode: 3, attempt: 6, failedAttempts: 6 });
  expect(startsOfAttempts()).toEqual([0, 1_000, 3_000, 7_000, 15_000, 31_000]);
  expect(bench.log()).toContain('after_script failed: exit code 3');
});

it.each([
  ['nothing asks for it', {}],
  ['what asks for it is malformed', { EPILOGUE_CLEANUP_RETRY: 'often' }],
])('tries once where %s', async (_, settings) => {
  open(always(fails), settings);
  const result = await bench.run();
  expect(result?.cleanup).toEqual({ outcome: 'failed', exitCode: 3, attempt: 1, durationMs: expect.any(Number) });
});

it('waits for no pause that does not fit into what is left of the budget', async () => {
  open(always(fails), { EPILOGUE_CLEANUP_RETRY: '5', RUNNER_AFTER_SCRIPT_TIMEOUT: '5s' });
  const begun = bench.clock.monotonic();
  const result = await bench.run();
  expect(result?.cleanup).toMatchObject({ outcome: 'failed', exitCode: 3, attempt: 3, failedAttempts: 3 });
  expect(bench.log()).toContain('after_script failed with exit code 3; its time is too short for another attempt');
  expect(bench.clock.monotonic() - begun).toBeLessThan(5_000);
});

it('gives all attempts one budget', async () => {
  const acts = { 'after_script-1': [{ do: 'wait', ms: 3_000 }, ...fails], 'after_script-2': [{ do: 'hang' }] } as const;
  open(acts as unknown as Acts, { EPILOGUE_CLEANUP_RETRY: '2', RUNNER_AFTER_SCRIPT_TIMEOUT: '10s' });
  const result = await bench.run();
  expect(result?.cleanup).toMatchObject({ outcome: 'timed_out', attempt: 2, durationMs: 10_000, failedAttempts: 1 });
});

it('stops what a failed attempt has left running before the next one begins', async () => {
  open({ 'after_script-1': [{ do: 'leave_process' }, ...(fails as [])] }, { EPILOGUE_CLEANUP_RETRY: '1' });
  await bench.run();
  const [first] = bench.machine.signals.filter(({ at }) => at >= (bench.machine.started.at(-2)?.at ?? 0));
  expect(first?.signal).toBe('TERM');
  expect(first?.at).toBeLessThan(bench.machine.started.at(-1)?.at ?? 0);
});

it('skips the rest when somebody forces the job in a pause, on record', async () => {
  open(always(fails), { EPILOGUE_CLEANUP_RETRY: '5' });
  const control = new Control();
  const isPausing = (): boolean => /attempt 3 of 6/.test(bench.log());
  let isForced = false;
  const result = await bench.run(control, false, () => {
    if (isForced || !bench.started.includes('after_script-2') || !isPausing()) return;
    isForced = true;
    control.force({ by: 'ana', why: 'no time' });
  });
  expect(isForced).toBe(true);
  expect(result?.cleanup).toMatchObject({ outcome: 'skipped', attempt: 2, skippedBy: 'ana', failedAttempts: 2 });
  expect(bench.started.at(-1)).toBe('after_script-2');
  expect(bench.moves().map(({ move }) => move)).toContain('cleanup_ended');
});

it('goes on counting when the runner is killed between two attempts', async () => {
  open(always(fails), { EPILOGUE_CLEANUP_RETRY: '2' });
  const isPausing = (): boolean => bench.moves().some((move) => move.move === 'cleanup_failed' && move.attempt === 2);
  const result = await takenOverWhen(() => bench.started.includes('after_script-2') && isPausing());
  expect(result?.cleanup).toMatchObject({ outcome: 'failed', attempt: 3, failedAttempts: 3 });
  expect(bench.started.filter((id) => id.startsWith('after'))).toEqual([1, 2, 3].map((n) => `after_script-${n}`));
  expect(bench.log().match(/attempt 3 of 3/g)).toHaveLength(1);
});

it('asks of a budget nothing for the time in which nobody was there to end the pause', async () => {
  open({ 'after_script-1': fails }, { EPILOGUE_CLEANUP_RETRY: '1' });
  const isPausing = (): boolean => bench.moves().some(({ move }) => move === 'cleanup_failed');
  const dying = bench.run(new Control(), false, () => {
    if (bench.started.includes('after_script-1') && isPausing()) throw new Error('killed');
  });
  await expect(dying).rejects.toThrow('killed');
  await bench.clock.sleep(3_600_000);
  expect((await bench.run(lost(), true))?.cleanup).toMatchObject({ outcome: 'succeeded', attempt: 2 });
});

it('counts attempts that vanished apart, and those that failed apart', async () => {
  const gone: Acts[string] = [{ do: 'vanish' }];
  open(
    { 'after_script-1': gone, 'after_script-2': fails, 'after_script-3': gone, 'after_script-4': fails },
    { EPILOGUE_CLEANUP_RETRY: '2' },
  );
  const result = await bench.run();
  expect(result?.cleanup).toMatchObject({ outcome: 'succeeded', attempt: 5, failedAttempts: 2 });
  expect(bench.log()).toContain('attempt 3 of 4 in 1 s');
  expect(bench.log()).toContain('attempt 5 of 5 in 2 s');
});

it('counts on from the attempts of a runner that was lost', async () => {
  open(always(fails), { EPILOGUE_CLEANUP_RETRY: '1' }, { teardown_only: true, cleanup_attempt: 4 });
  const result = await bench.run(lost());
  expect(result?.cleanup).toMatchObject({ outcome: 'failed', attempt: 5, failedAttempts: 2 });
});

it('is read by an older runner as a failure that it finds by itself', async () => {
  open(always(fails), { EPILOGUE_CLEANUP_RETRY: '1' });
  const isPausing = (): boolean => bench.moves().some(({ move }) => move === 'cleanup_failed');
  const dying = bench.run(new Control(), false, () => {
    if (bench.started.includes('after_script-1') && isPausing()) throw new Error('killed');
  });
  await expect(dying).rejects.toThrow('killed');
  // It passes over the moves that it does not know.
  const moves = bench.moves().map((move) => (move.move === 'cleanup_failed' ? { ...move, move: 'unheard_of' } : move));
  writeFileSync(join(bench.directory, 'moves.jsonl'), moves.map((move) => `${JSON.stringify(move)}\n`).join(''));
  expect((await bench.run(lost(), true))?.cleanup).toMatchObject({ outcome: 'failed', attempt: 2, failedAttempts: 2 });
});
