import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, it } from 'vitest';
import { Control } from './control.ts';
import type { Move } from './journal/move.ts';
import { JobBench } from './testing/job-bench.ts';

const NAMES = ['one.zip', 'two.gz'];

/** A job whose runner died right after it had packed two files. */
async function packed(): Promise<JobBench> {
  const bench = new JobBench({});
  await bench.run();
  const artifacts = NAMES.map((name) => ({ type: 'archive', name, path: join(bench.directory, 'artifacts', name) }));
  mkdirSync(join(bench.directory, 'artifacts'));
  for (const { path } of artifacts) writeFileSync(path, 'packed');
  const moves = bench.moves();
  const before = moves.slice(
    0,
    moves.findIndex(({ move }) => move === 'saved'),
  );
  const lines = [...before, { at: 0, move: 'saved', artifacts }].map((move) => `${JSON.stringify(move)}\n`);
  writeFileSync(join(bench.directory, 'moves.jsonl'), lines.join(''));
  mkdirSync(join(bench.directory, 'kept'));
  // As a local run does it: a move, which may be made already.
  bench.keep = async (artifact) => {
    const path = join(bench.directory, 'kept', basename(artifact.path));
    if (existsSync(artifact.path) || !existsSync(path)) renameSync(artifact.path, path);
    return { ...artifact, path };
  };
  return bench;
}

function takeOver(bench: JobBench, fate?: (turn: string) => void): ReturnType<JobBench['run']> {
  const control = new Control();
  control.interrupt({ cause: 'runner_lost', isCancel: false, by: 'guard' });
  return bench.run(control, true, fate);
}

it('keeps each artifact once, whenever runners die between saving, keeping and finishing', async () => {
  let moments = 0;
  for (let n = 1, isOver = false; !isOver; n += 1) {
    const bench = await packed();
    try {
      let turns = 0;
      const dying = takeOver(bench, () => {
        turns += 1;
        if (turns > n) throw new Error('killed');
      });
      isOver = await dying.then(() => true).catch(() => false);
      if (!isOver) moments += 1;
      const result = await takeOver(bench);
      const context = `killed at turn ${n}`;
      const kept = NAMES.map((name) => join(bench.directory, 'kept', name));
      expect(
        result?.artifacts.map(({ path }) => path),
        context,
      ).toEqual(kept);
      expect(readdirSync(join(bench.directory, 'kept')).sort(), context).toEqual(NAMES);
      expect(readdirSync(join(bench.directory, 'artifacts')), context).toEqual([]);
      expect(
        bench.moves().filter((move: Move) => move.move === 'finished'),
        context,
      ).toHaveLength(1);
    } finally {
      bench.dispose();
    }
  }
  expect(moments).toBeGreaterThan(5);
});
