import { join } from 'node:path';
import { describeError } from '../../base/index.ts';
import type { JobRun } from '../job-run.ts';
import type { SavedArtifact, Verdict } from '../journal/move.ts';
import { record } from '../journal/record.ts';
import { errorLine, sectionEnd } from '../log/sections.ts';
import { heading, say } from '../log/tell.ts';
import { type PackedArtifacts, saveArtifacts, selectArtifacts } from '../save/artifacts.ts';
import { saveCaches } from '../save/cache.ts';
import { saveOptions } from '../save/save-options.ts';
import { deadlineSignal } from '../stages/deadline.ts';
import { keepArtifacts } from './keep-artifacts.ts';

export interface Saved {
  readonly artifacts: readonly SavedArtifact[];
  /** Why artifacts are missing that should be there; fails a job that would have been a success. */
  readonly trouble: string | null;
  /** What is wrong with something that the job made: a report, or what is too large to be kept; fails such a job, too. */
  readonly invalid: string | null;
}

/** Cache and artifacts, after the cleanup, within a budget of their own; a force cuts it short. */
export async function saveResults(run: JobRun, verdict: Verdict): Promise<Saved> {
  const { journal, budgets, clock, control } = run;
  // A job that never got to a user command made nothing; what lies in its directory are the sources.
  if (!journal.progress.owed || control.forced) return { artifacts: [], trouble: null, invalid: null };
  const budget = deadlineSignal(clock, budgets.saveMs, control.forceSignal);
  try {
    const succeeded = verdict.cause === 'succeeded';
    if (journal.progress.saved === null) {
      await archiveCaches(run, succeeded, budget.signal);
      const { artifacts, invalid } = await packArtifacts(run, succeeded, budget.signal);
      record(run, { move: 'saved', artifacts, ...(invalid === null ? {} : { invalid }) });
    }
    const { artifacts, trouble, refusal } = await keepArtifacts(run, budget.signal);
    return { artifacts, trouble, invalid: journal.progress.invalid ?? refusal };
  } catch (error) {
    const trouble = budget.signal.aborted ? 'saving took too long and was cut off' : describeError(error);
    say(run, errorLine(`Artifacts were not kept: ${trouble}`));
    return { artifacts: [], trouble, invalid: journal.progress.invalid };
  } finally {
    budget.callOff();
  }
}

async function archiveCaches(run: JobRun, succeeded: boolean, signal: AbortSignal): Promise<void> {
  if (run.payload.cache.length === 0) return;
  const section = succeeded ? 'archive_cache' : 'archive_cache_on_failure';
  say(run, heading(run, section, `Saving cache for ${succeeded ? 'successful' : 'failed'} job`));
  await saveCaches(saveOptions(run, signal), succeeded);
  say(run, sectionEnd(section, run.clock.now()));
}

async function packArtifacts(run: JobRun, succeeded: boolean, signal: AbortSignal): Promise<PackedArtifacts> {
  const { artifacts } = run.payload;
  if (selectArtifacts(artifacts, succeeded).length === 0) return { artifacts: [], invalid: null };
  const section = succeeded ? 'upload_artifacts_on_success' : 'upload_artifacts_on_failure';
  say(run, heading(run, section, `Uploading artifacts for ${succeeded ? 'successful' : 'failed'} job`));
  const { variables, place, limits, log } = saveOptions(run, signal);
  const targetDir = join(run.journal.directory, 'artifacts');
  const expand = (text: string) => variables.expand(text);
  const packed = await saveArtifacts({ artifacts, succeeded, place, targetDir, expand, limits, log, signal });
  say(run, sectionEnd(section, run.clock.now()));
  return packed;
}
