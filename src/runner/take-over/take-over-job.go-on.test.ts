import { describe, expect, it } from 'vitest';
import { Control } from '../control.ts';
import { JobBench } from '../testing/job-bench.ts';

class Killed extends Error {}

const LINES = Array.from({ length: 6 }, (_, index) => `line ${index}\n`);
const SOURCES = 'sources are brought';

function newBench(pauseMs = 400): JobBench {
  const chatter = (word: string) =>
    LINES.flatMap((line) => [{ do: 'print', text: `${word} ${line}` } as const, { do: 'wait', ms: pauseMs } as const]);
  const bench = new JobBench(
    { step_script: chatter('script'), 'after_script-1': chatter('cleanup') },
    { hooks: [{ name: 'pre_get_sources_script', script: ['true'] }] },
  );
  bench.isSameBoot = true;
  return bench;
}

/** Runs until `fate` ends this runner's life, and all that it would still do. @returns whether it did */
async function runUntilKilled(bench: JobBench, fate: (turn: string) => boolean, takeOver = false): Promise<boolean> {
  let isDead = false;
  try {
    await bench.run(new Control(), takeOver, (turn) => {
      isDead ||= fate(turn);
      if (isDead) throw new Killed(turn);
    });
    return false;
  } catch (error) {
    if (error instanceof Killed) return true;
    throw error;
  }
}

/** Looks at the clock and calls to the executor: no move is written without one. */
function afterTurns(n: number): () => boolean {
  let turns = 0;
  return () => {
    turns += 1;
    return turns > n;
  };
}

function counted(bench: JobBench, word: string): string[] {
  return [...bench.log().matchAll(new RegExp(`^${word} (line \\d+\\n)`, 'gm'))].map((match) => match[1] ?? '');
}

describe('a job whose runner is killed at any moment, and gone on with by the next one', () => {
  it('ends as it would have: each step once, log without a gap or a repeat', { timeout: 60_000 }, async () => {
    for (let n = 1; ; n += 1) {
      const bench = newBench();
      try {
        if (!(await runUntilKilled(bench, afterTurns(n)))) {
          expect(n).toBeGreaterThan(60);
          return;
        }
        const result = await bench.run(new Control(), true);
        const context = `killed at turn ${n}: ${JSON.stringify(bench.started)}`;
        if (result === null) {
          expect(bench.started, context).toEqual([]);
          continue;
        }
        expect(result, context).toMatchObject({ status: 'success', cleanup: { outcome: 'succeeded', attempt: 1 } });
        expect(bench.started, context).toEqual(['pre_get_sources_script', 'step_script', 'after_script-1']);
        expect([counted(bench, 'script'), counted(bench, 'cleanup')], context).toEqual([LINES, LINES]);
      } finally {
        bench.dispose();
      }
    }
  });

  it('ends so, too, when each runner in its turn is killed soon', { timeout: 60_000 }, async () => {
    const bench = newBench();
    try {
      let lives = 1;
      for (let isKilled = await runUntilKilled(bench, afterTurns(20)); isKilled; lives += 1)
        isKilled = await runUntilKilled(bench, afterTurns(20), true);
      expect(lives).toBeGreaterThan(3);
      expect(bench.started).toEqual(['pre_get_sources_script', 'step_script', 'after_script-1']);
      expect([counted(bench, 'script'), counted(bench, 'cleanup')]).toEqual([LINES, LINES]);
    } finally {
      bench.dispose();
    }
  });
});

const hasStarted = (id: string) => (bench: JobBench) => bench.started.includes(id);

it.each([
  ['its script', hasStarted('step_script'), { cause: 'runner_lost', failureReason: 'runner_system_failure' }],
  ['its cleanup', hasStarted('after_script-1'), { cause: 'succeeded', status: 'success' }],
] as const)('runs the cleanup of a job whose machine went away in %s', async (_, isTime, expected) => {
  // Long enough that nothing ends while the runner dies.
  const bench = newBench(20_000);
  bench.isSameBoot = false;
  try {
    expect(await runUntilKilled(bench, () => isTime(bench))).toBe(true);
    bench.machine.lose();
    const result = await bench.run(new Control(), true);
    expect(result).toMatchObject({ ...expected, cleanup: { outcome: 'succeeded' } });
  } finally {
    bench.dispose();
  }
});

it.each([
  ['once', true, 1],
  ['again where the machine may have lost them', false, 2],
] as const)('brings sources that were there %s', async (_, isSameBoot, times) => {
  const bench = newBench();
  const brought: string[] = [];
  bench.isSameBoot = isSameBoot;
  bench.getSources = async () => void brought.push(SOURCES);
  // Until the script is about to be started.
  const isReady = (turn: string) => brought.length > 0 && turn === 'clear';
  try {
    expect(await runUntilKilled(bench, isReady)).toBe(true);
    expect(await bench.run(new Control(), true)).toMatchObject({ status: 'success' });
    expect(brought).toHaveLength(times);
  } finally {
    bench.dispose();
  }
});

it('counts the time while no runner was there against the budget of the job', async () => {
  const bench = newBench();
  try {
    expect(await runUntilKilled(bench, () => bench.started.includes('step_script'))).toBe(true);
    await bench.clock.sleep(3_601_000);
    const late = await bench.run(new Control(), true);
    // It had ended by itself long before; nobody has cut it off.
    expect(late).toMatchObject({ status: 'success' });
  } finally {
    bench.dispose();
  }
  const slow = new JobBench({ step_script: [{ do: 'wait', ms: 7_200_000 }] });
  try {
    expect(await runUntilKilled(slow, () => slow.started.includes('step_script'))).toBe(true);
    await slow.clock.sleep(3_601_000);
    const from = slow.clock.now();
    const late = await slow.run(new Control(), true);
    expect(late).toMatchObject({ cause: 'timed_out', cleanup: { outcome: 'succeeded' } });
    expect(slow.clock.now() - from).toBeLessThan(60_000);
  } finally {
    slow.dispose();
  }
});
