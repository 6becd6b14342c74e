import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tryLockJournals } from '../../runner/index.ts';
import { createRun } from './create-run.ts';
import { listRuns, pruneRuns } from './list-runs.ts';
import { draftOfRun, type LocalPaths, type RunDirectory, removeUnfinished } from './run-directory.ts';
import { markTold, writeEnding } from './run-ending.ts';

let root: string;
let paths: LocalPaths;

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'epilogue-runs-')));
  paths = { state: join(root, 'state'), cache: join(root, 'cache') };
});

afterEach(() => rmSync(root, { recursive: true }));

async function newRun(startedAt: number, ended = true): Promise<RunDirectory> {
  const facts = { checkout: root, startedAt, ref: 'main', sha: '', keep: false, outerJob: null };
  const { run, lock } = await createRun(paths, facts);
  lock.release();
  if (ended) {
    writeEnding(run, { by: 'run', at: startedAt, jobs: [] });
    markTold(run);
  }
  return run;
}

describe('the runs of a checkout', () => {
  it('come in the order in which they started, whatever their ids', async () => {
    const started = [3, 1, 2];
    for (const at of started) await newRun(at);
    expect(listRuns(paths, root).runs.map(({ record }) => record.startedAt)).toEqual([1, 2, 3]);
  });

  it('are told from what cannot be read, and from what is no run', async () => {
    const { path } = await newRun(1);
    writeFileSync(join(path, 'run.json'), '{}');
    mkdirSync(join(paths.state, 'runs', '5', 'jobs'), { recursive: true });
    mkdirSync(join(paths.state, 'runs', '6'));
    writeFileSync(join(paths.state, 'runs', '7'), '');
    mkdirSync(join(paths.state, 'runs', '8.forgotten'));
    const { runs, unreadable } = listRuns(paths, null);
    expect(runs).toEqual([]);
    expect(unreadable.toSorted()).toEqual([path, join(paths.state, 'runs', '5')].toSorted());
  });

  it('are swept up when whoever made them died before they were one, and left alone while somebody makes them', async () => {
    const runs = join(paths.state, 'runs');
    const { path } = await newRun(1);
    const dead = draftOfRun(paths, 5);
    const alive = draftOfRun(paths, 6);
    for (const draft of [dead, alive]) mkdirSync(draft);
    writeFileSync(join(dead, 'run.json.tmp'), '{');
    const maker = await tryLockJournals(alive);
    expect(await removeUnfinished(paths)).toEqual([]);
    expect(
      readdirSync(runs)
        .map((name) => join(runs, name))
        .toSorted(),
    ).toEqual([path, alive].toSorted());
    maker?.release();
    expect(await removeUnfinished(paths)).toEqual([]);
    expect(readdirSync(runs).map((name) => join(runs, name))).toEqual([path]);
  });

  it('are made again under another name when somebody sweeps up what is being made', async () => {
    mkdirSync(join(paths.state, 'runs'), { recursive: true });
    const sweeping = new AbortController();
    const sweep = async (): Promise<void> => {
      while (!sweeping.signal.aborted) await removeUnfinished(paths);
    };
    const swept = sweep();
    const made = await Promise.all(Array.from({ length: 40 }, (_, at) => newRun(at, false)));
    sweeping.abort();
    await swept;
    expect(listRuns(paths, root).runs.map(({ path }) => path)).toEqual(made.map(({ path }) => path));
  });

  it('are forgotten but for the latest ten; one that has not ended never is', async () => {
    const open = await newRun(0, false);
    for (let at = 1; at <= 12; at += 1) await newRun(at);
    mkdirSync(join(paths.state, 'runs', '8.forgotten', 'jobs'), { recursive: true });
    expect(await pruneRuns(paths, root)).toEqual([]);
    const left = listRuns(paths, root).runs.map(({ record }) => record.startedAt);
    expect(left).toEqual([0, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(readdirSync(join(paths.state, 'runs'))).toHaveLength(11);
    expect(listRuns(paths, root).runs[0]?.record.id).toBe(open.record.id);
  });
});
