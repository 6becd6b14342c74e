import { afterEach, expect, it } from 'vitest';
import type { Act } from '../../../executors/index.ts';
import { Control } from '../../control.ts';
import { DEFAULT_RUNNER_SETTINGS } from '../../open/runner-settings.ts';
import { JobBench, START } from '../../testing/job-bench.ts';

let bench: JobBench;

afterEach(() => bench.dispose());

const asks = (text: string): Act => ({ do: 'note', name: 'extend_cleanup', text });
const waits = (seconds: number): Act => ({ do: 'wait', ms: seconds * 1000 });

/** A cleanup with 20 s, in which it does this. */
function open(...acts: readonly Act[]): void {
  const timeout = { key: 'RUNNER_AFTER_SCRIPT_TIMEOUT', value: '20s' };
  const variables = [{ ...timeout, public: true, masked: false, file: false, raw: false }];
  bench = new JobBench({ 'after_script-1': acts }, { variables });
}

function lines(pattern: RegExp): number {
  return bench.log().match(new RegExp(pattern, 'g'))?.length ?? 0;
}

it('moves the deadline of a cleanup by the seconds that it asks for, and tells it', async () => {
  open(waits(10), asks('60\n'), waits(65));
  const result = await bench.run();
  expect(result?.cleanup).toMatchObject({ outcome: 'succeeded', durationMs: 75_000 });
  const deadline = START + 80_000;
  expect(bench.extended).toEqual([{ cause: 'succeeded', extraMs: 60_000, deadline }]);
  const until = new Date(deadline).toISOString();
  expect(bench.log()).toContain(`after_script asked for 60 s more: its deadline is now ${until}`);
  expect(bench.moves()).toContainEqual(expect.objectContaining({ move: 'cleanup_extended', extraMs: 60_000 }));
});

it('tells a cleanup where to ask', async () => {
  open();
  await bench.run();
  const script = bench.machine.started.at(-1)?.step.script;
  expect(script).toContain(`export EPILOGUE_EXTEND_CLEANUP='${bench.directory}/project.tmp/extend_cleanup'`);
});

it('still hears what is asked for at the last moment', async () => {
  open(waits(19.9), asks('5\n'), waits(4));
  expect((await bench.run())?.cleanup).toMatchObject({ outcome: 'succeeded' });
});

it('takes what a cleanup asks for as the total, so that it may ask again', async () => {
  open(waits(5), asks('10\n'), waits(5), asks('30\n'), waits(5), asks('15\n'), waits(60));
  expect((await bench.run())?.cleanup).toMatchObject({ outcome: 'timed_out', durationMs: 50_000 });
  expect(bench.extended.map(({ extraMs }) => extraMs)).toEqual([10_000, 30_000]);
  expect(bench.log()).toContain('after_script did not end within 50 s and was cut off');
});

it.each([
  ['what the runner grants in all', 25_000, 25_000],
  ['nothing where the runner grants none', 0, 0],
])('grants no more than %s', async (_, extensionLimitMs, extraMs) => {
  open(asks('3600\n'), waits(7200));
  bench.settings = { ...DEFAULT_RUNNER_SETTINGS, extensionLimitMs };
  expect((await bench.run())?.cleanup).toMatchObject({ outcome: 'timed_out', durationMs: 20_000 + extraMs });
  expect(lines(/after_script asked for 3600 s more, and this runner grants/)).toBe(1);
});

it.each(['-60\n', 'soon\n', '60 s\n', '1e3\n', '60\n60\n', '9999999999\n', '6'])(
  'passes over %j, with one warning',
  async (text) => {
    open(asks(text), waits(30));
    expect((await bench.run())?.cleanup).toMatchObject({ outcome: 'timed_out', durationMs: 20_000 });
    expect(lines(/asked for more time, but not by one line of whole seconds/)).toBe(1);
    expect(bench.extended).toEqual([]);
  },
);

it('waits for the end of a line that is being written', async () => {
  open(asks('6'), waits(0.5), asks('60\n'), waits(70));
  expect((await bench.run())?.cleanup).toMatchObject({ outcome: 'succeeded' });
  expect(lines(/WARNING/)).toBe(0);
});

it('keeps for the next runner what was granted, and tells it again', async () => {
  open(asks('60\n'), waits(75));
  const dying = bench.run(new Control(), false, () => {
    if (bench.extended.length > 0) throw new Error('killed');
  });
  await expect(dying).rejects.toThrow('killed');
  const control = new Control();
  control.interrupt({ cause: 'runner_lost', isCancel: false, by: 'guard' });
  expect((await bench.run(control, true))?.cleanup).toMatchObject({ outcome: 'succeeded', attempt: 1 });
  expect(bench.extended.map(({ extraMs }) => extraMs)).toEqual([60_000, 60_000]);
  expect(bench.moves().filter(({ move }) => move === 'cleanup_extended')).toHaveLength(1);
  // Whoever watches counts down from the new deadline at once.
  const { deadline } = bench.phases.findLast(({ phase }) => phase === 'teardown') ?? {};
  expect(deadline).toBe(START + 80_000);
});
