import { describeError } from '../../base/index.ts';
import { listRuns, unreadableWords } from '../runs/list-runs.ts';
import { type LocalPaths, leftWords, type RunDirectory, removeUnfinished } from '../runs/run-directory.ts';
import { readEnding } from '../runs/run-ending.ts';
import { recoverRun } from './recover-run.ts';
import { type RecoveryOptions, say } from './recovery-options.ts';
import { tellEnding } from './tell-ending.ts';

export interface RecoverOptions extends RecoveryOptions {
  readonly paths: LocalPaths;
  /** Runs of this checkout; null: of every checkout. */
  readonly checkout: string | null;
  /** Only this run; null: all. */
  readonly runId: number | null;
}

/** What there is to say about runs that died. */
export interface Recovery {
  /** Runs that this call saw to their end, or waited for, or that somebody finished before without anybody being told. */
  readonly recovered: number;
  /** Runs whose obligations are still open; their journals stay for the next try. */
  readonly unfinished: number;
  /** What keeps one of them open may pass: a full disk, say, and not a journal that nobody can read. */
  readonly mayBeTriedAgain: boolean;
}

/**
 * Finishes what runs that died left behind: stops what still runs, runs each cleanup that is owed, keeps log and artifacts. Whoever
 * holds a run's lock works on it; everybody else waits or says so. Safe to call at any time, any number of times. Trouble with
 * one run is told and stops no other.
 */
export async function recoverRuns(options: RecoverOptions): Promise<Recovery> {
  const { paths, checkout, runId } = options;
  const { runs, unreadable } = listRuns(paths, checkout);
  const wanted = runs.filter((run) => runId === null || run.record.id === runId);
  let recovered = 0;
  let unfinished = 0;
  let mayBeTriedAgain = false;
  if (runId === null) {
    for (const path of unreadable) say(options, 'error', unreadableWords(path));
    unfinished += unreadable.length;
    const left = leftWords(await removeUnfinished(paths));
    if (left !== null) say(options, 'warning', left);
  }
  for (const run of wanted) {
    const outcome = await finish(run, options);
    if (outcome !== 'finished') unfinished += 1;
    if (outcome === 'unfinished') mayBeTriedAgain = true;
    if (tellEnding(run, options)) recovered += 1;
  }
  return { recovered, unfinished, mayBeTriedAgain };
}

async function finish(run: RunDirectory, options: RecoverOptions): Promise<'finished' | 'unfinished' | 'unreadable'> {
  if (readEnding(run) !== null) return 'finished';
  try {
    const outcome = await recoverRun(run, options);
    return outcome === 'alive' ? 'finished' : outcome;
  } catch (error) {
    // Whatever it is, the runs after this one must not wait for somebody to look into it.
    say(options, 'error', `run ${run.record.id} could not be recovered (${run.path}): ${describeError(error)}`);
    return 'unfinished';
  }
}
