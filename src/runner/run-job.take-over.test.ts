import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { Control } from './control.ts';
import type { Move } from './journal/move.ts';
import { JobBench } from './testing/job-bench.ts';

class Killed extends Error {}

/** Lets a runner live for n turns: looks at the clock and calls to its executor. No move is written without one. */
function dieAfter(n: number): () => void {
  let turns = 0;
  return () => {
    turns += 1;
    if (turns > n) throw new Killed(`at turn ${turns}`);
  };
}

const LINES = Array.from({ length: 6 }, (_, index) => `line ${index}\n`);

function newBench(): JobBench {
  const chatter = (word: string) =>
    LINES.flatMap((line) => [{ do: 'print', text: `${word} ${line}` } as const, { do: 'wait', ms: 400 } as const]);
  return new JobBench(
    { step_script: chatter('script'), 'after_script-1': chatter('cleanup') },
    { hooks: [{ name: 'pre_get_sources_script', script: ['true'] }] },
  );
}

/** Runs a job until its runner dies; false: it lived to the end. */
async function runUntilKilled(bench: JobBench, fate: () => void): Promise<boolean> {
  try {
    await bench.run(new Control(), false, fate);
    return false;
  } catch (error) {
    if (error instanceof Killed) return true;
    throw error;
  }
}

function takeOver(bench: JobBench): ReturnType<JobBench['run']> {
  const control = new Control();
  control.interrupt({ cause: 'runner_lost', isCancel: false, by: 'guard' });
  return bench.run(control, true);
}

/** Which of the counted lines the log has, in order. */
function counted(bench: JobBench, word: string): string[] {
  return [...bench.log().matchAll(new RegExp(`^${word} (line \\d+\\n)`, 'gm'))].map((match) => match[1] ?? '');
}

describe('a job whose runner is killed, at every moment there is', () => {
  it('is finished by the next runner: cleanup once, log without a gap or a repeat', { timeout: 60_000 }, async () => {
    let moments = 0;
    for (let n = 1; ; n += 1) {
      const bench = newBench();
      try {
        if (!(await runUntilKilled(bench, dieAfter(n)))) break;
        moments += 1;
        const result = await takeOver(bench);
        const userCommandRan = bench.started.includes('pre_get_sources_script');
        const context = `killed at turn ${n}: ${JSON.stringify(bench.started)}`;
        if (result === null) {
          expect(userCommandRan, context).toBe(false);
          continue;
        }
        expect(bench.started.length, context).toBe(new Set(bench.started).size);
        expect(bench.started.includes('after_script-1'), context).toBe(result.cleanup.outcome !== 'not_owed');
        if (userCommandRan) {
          expect(result.cleanup, context).toMatchObject({ outcome: 'succeeded', attempt: 1 });
          expect(counted(bench, 'cleanup'), context).toEqual(LINES);
        }
        const script = counted(bench, 'script');
        expect(script, context).toEqual(LINES.slice(0, script.length));
        expect(bench.moves().at(-1), context).toMatchObject({ move: 'finished' });
        // Once more changes nothing: the result is on record.
        expect(await takeOver(bench), context).toEqual(result);
      } finally {
        bench.dispose();
      }
    }
    expect(moments).toBeGreaterThan(60);
  });

  it('is finished also when the next runner is killed in its turn', { timeout: 60_000 }, async () => {
    for (let n = 1; n < 40; n += 1) {
      const bench = newBench();
      try {
        await runUntilKilled(bench, dieAfter(30));
        const control = new Control();
        control.interrupt({ cause: 'runner_lost', isCancel: false, by: 'guard' });
        await bench.run(control, true, dieAfter(n)).catch((error) => {
          if (!(error instanceof Killed)) throw error;
        });
        const result = await takeOver(bench);
        expect(result?.cleanup).toMatchObject({ outcome: 'succeeded', attempt: 1 });
        expect(bench.started).toEqual([...new Set(bench.started)]);
        expect(counted(bench, 'cleanup')).toEqual(LINES);
      } finally {
        bench.dispose();
      }
    }
  });

  it('begins a cleanup anew that was lost together with its machine', async () => {
    const bench = newBench();
    try {
      // Dies on its first turn after the cleanup has started.
      const cleaning = () => bench.started.includes('after_script-1');
      expect(await runUntilKilled(bench, () => void (cleaning() && dieAfter(0)()))).toBe(true);
      bench.machine.lose();
      const result = await takeOver(bench);
      expect(result?.cleanup).toMatchObject({ outcome: 'succeeded', attempt: 2 });
      expect(bench.started.filter((id) => id.startsWith('after_script'))).toEqual(['after_script-1', 'after_script-2']);
    } finally {
      bench.dispose();
    }
  });
});

it.each([
  ['no more time than the one before it', (bench: JobBench) => bench.started.includes('after_script-1')],
  ['none for a cleanup that is over', (bench: JobBench) => bench.cleaned.length > 0],
])('is told by its next runner to have %s', async (words, isTime) => {
  const bench = newBench();
  try {
    expect(await runUntilKilled(bench, () => void (isTime(bench) && dieAfter(0)()))).toBe(true);
    await takeOver(bench);
    const deadlines = bench.phases.flatMap(({ phase, deadline }) => (phase === 'teardown' ? [deadline] : []));
    const [first, second] = deadlines;
    expect(deadlines).toHaveLength(2);
    if (words.startsWith('none')) expect(second).toBeNull();
    else expect(second).toSatisfy((deadline) => typeof deadline === 'number' && deadline <= (first ?? 0));
  } finally {
    bench.dispose();
  }
});

it('has its place removed by the next runner, also when nothing of it is owed', async () => {
  const bench = newBench();
  try {
    expect(await runUntilKilled(bench, () => void (bench.phases.length > 0 && dieAfter(0)()))).toBe(true);
    expect((await takeOver(bench))?.cleanup.outcome).toBe('not_owed');
    expect(bench.signals.at(-1)).toMatch(/^KILL/);
  } finally {
    bench.dispose();
  }
});

describe('a job whose journal is not written through, since it owes no cleanup', () => {
  const SCRIPT = { name: 'script', script: ['true'], timeout: 3600, when: 'on_success', allow_failure: false } as const;

  /** The lines that reached the disk before the power went; its place went, too. */
  async function losePower(last: Move['move']): Promise<JobBench> {
    const bench = new JobBench({}, { steps: [SCRIPT] });
    expect((await bench.run())?.status).toBe('success');
    const moves = bench.moves();
    const kept = moves.slice(0, moves.findIndex(({ move }) => move === last) + 1);
    writeFileSync(join(bench.directory, 'moves.jsonl'), kept.map((move) => `${JSON.stringify(move)}\n`).join(''));
    // Nor had anybody forgotten yet what it was to do.
    const file = join(bench.directory, 'job.json');
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), payload: bench.payload }));
    bench.machine.lose();
    return bench;
  }

  it.each(['accepted', 'step_started', 'step_ended', 'teardown_begun', 'tree_dead'] as const)(
    'is no success after a power cut that left it at %s',
    async (last) => {
      const bench = await losePower(last);
      try {
        const result = await takeOver(bench);
        expect(result).toMatchObject({ status: 'failed', cause: 'runner_lost', cleanup: { outcome: 'not_owed' } });
        expect(await takeOver(bench)).toEqual(result);
      } finally {
        bench.dispose();
      }
    },
  );

  it.each(['accepted', 'step_started', 'step_ended'] as const)(
    'is not run a second time by a runner that goes on with it, after a power cut that left it at %s',
    async (last) => {
      const bench = await losePower(last);
      const asked = vi.spyOn(bench, 'askToStart');
      try {
        expect(await bench.run(new Control(), true)).toMatchObject({ status: 'failed', cause: 'runner_lost' });
        expect(asked).not.toHaveBeenCalled();
        expect(bench.started).toEqual(['step_script']);
      } finally {
        bench.dispose();
      }
    },
  );

  it('is the success that it was once its artifacts are on record', async () => {
    const bench = await losePower('saved');
    try {
      expect(await takeOver(bench)).toMatchObject({ status: 'success' });
    } finally {
      bench.dispose();
    }
  });
});

it('finds nothing to take over where the runner died before it had accepted the job', async () => {
  const bench = newBench();
  try {
    expect(await takeOver(bench)).toBeNull();
  } finally {
    bench.dispose();
  }
});
