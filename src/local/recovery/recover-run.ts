import { describeError, errorCode, removeDrafts } from '../../base/index.ts';
import { type FoundJournal, type Holder, listJournals, lockJournals } from '../../runner/index.ts';
import { strikeOff } from '../runs/register-run.ts';
import { jobsDirectory, leftWords, type RunDirectory, removeBuilds } from '../runs/run-directory.ts';
import { type EndedJob, readEnding, writeEnding } from '../runs/run-ending.ts';
import { readRunRecord, writeRunRecord } from '../runs/run-record.ts';
import { finishJob } from './finish-job.ts';
import { type RecoveryOptions, say } from './recovery-options.ts';

/**
 * Finishes one run, unless it is alive or somebody else does. `unfinished`: something of it is still owed. `unreadable`: something
 * of it may be owed, and will stay so, because a journal cannot be read.
 */
export async function recoverRun(
  run: RunDirectory,
  options: RecoveryOptions,
): Promise<'finished' | 'alive' | 'unfinished' | 'unreadable'> {
  const { clock, by, wait, control } = options;
  const lock = await lockJournals({
    directory: run.path,
    by,
    wait,
    clock,
    signal: control.interruptSignal,
    onHeld: (holder, waits) => say(options, 'info', holderWords(run, holder, waits)),
  });
  if (lock === null) return readEnding(run) === null ? 'alive' : 'finished';
  try {
    // Somebody may have finished between our look and our lock.
    if (readEnding(run) !== null) return 'finished';
    restoreRecord(run, options);
    return await finishJobs(run, options);
  } finally {
    lock.release();
  }
}

/** A run that is known by the journals of its jobs alone gets its own record back, so that it can be told of and forgotten like any other. */
function restoreRecord(run: RunDirectory, options: RecoveryOptions): void {
  if (typeof readRunRecord(run.path) === 'object') return;
  say(
    options,
    'warning',
    `the record of run ${run.record.id} is damaged; the journals of its jobs have what they need`,
  );
  try {
    writeRunRecord(run.path, run.record);
  } catch (error) {
    // The journals still say it.
    if (errorCode(error) === undefined) throw error;
  }
}

function holderWords({ record: { id } }: RunDirectory, { role, pid }: Holder, waits: boolean): string {
  if (role === 'run') return `run ${id} is still running (pid ${pid})`;
  return `run ${id} is being cleaned up by ${role} (pid ${pid})${waits ? '; waiting' : ''}`;
}

async function finishJobs(
  run: RunDirectory,
  options: RecoveryOptions,
): Promise<'finished' | 'unfinished' | 'unreadable'> {
  const found = listJournals(jobsDirectory(run));
  const open = found.filter(isOpen);
  if (open.length > 0) {
    const jobs = open.length === 1 ? '1 job' : `${open.length} jobs`;
    const words = `run ${run.record.id} was killed: stopping what it left and running its cleanup (${jobs})`;
    say(options, 'warning', words);
  }
  const jobs = await Promise.all(found.map((journal) => finishJob(run, journal, options)));
  if (jobs.includes('open')) return 'unfinished';
  if (jobs.includes('unreadable')) return 'unreadable';
  const ended = jobs.filter((job) => typeof job === 'object');
  await endRun(run, ended, options);
  return 'finished';
}

function isOpen({ reading }: FoundJournal): boolean {
  return reading.kind === 'usable' && reading.progress.result === null;
}

/** Every job's ending is on record: what cannot be written or removed now keeps nobody waiting. */
async function endRun(run: RunDirectory, jobs: readonly EndedJob[], options: RecoveryOptions): Promise<void> {
  const left = run.record.keep ? null : leftWords(await removeBuilds(run));
  if (left !== null) say(options, 'warning', left);
  try {
    const drafts = leftWords(removeDrafts(run.path));
    if (drafts !== null) say(options, 'warning', drafts);
    writeEnding(run, { by: options.by, at: options.clock.now(), jobs });
    strikeOff(run);
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    say(
      options,
      'warning',
      `run ${run.record.id} is finished, which could not be written down: ${describeError(error)}`,
    );
  }
}
