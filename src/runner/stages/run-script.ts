import { Failure } from '../../base/index.ts';
import type { JobRun } from '../job-run.ts';
import type { Verdict } from '../journal/move.ts';
import { say } from '../log/tell.ts';
import { unsupportedBy } from '../open/unsupported.ts';
import { restoreCaches } from '../save/cache.ts';
import { saveOptions } from '../save/save-options.ts';
import { stopTree } from '../teardown/stop-tree.ts';
import { askToWork } from './ask.ts';
import { fetchDependencies } from './fetch-dependencies.ts';
import { runStage, type Stage } from './run-stage.ts';
import { runStep } from './run-step.ts';
import { systemFailure, verdict } from './verdicts.ts';
import { acceptedOf, nowOf, watchTimeout } from './watch-timeout.ts';

/**
 * Everything up to the end of the script, one stage after the other, until one of them gives a verdict: it failed, or somebody
 * interrupted the job. A runner that takes over a job finds in the journal which stages are behind it and goes on from there.
 */
export async function runScript(run: JobRun): Promise<Verdict> {
  const watch = watchTimeout(run, acceptedOf(run), run.budgets.jobMs);
  try {
    const unsupported = unsupportedBy(run.payload);
    if (unsupported !== null) return systemFailure(run, 'payload', new Failure('unsupported', unsupported));
    return (await prepareSources(run)) ?? (await runUserSteps(run)) ?? verdict({ cause: 'succeeded', exitCode: 0 });
  } catch (error) {
    return systemFailure(run, 'script', error);
  } finally {
    watch.callOff();
  }
}

async function prepareSources(run: JobRun): Promise<Verdict | null> {
  const { scripts, ports, place, payload, attempts } = run;
  const getSources: Stage = {
    id: 'get_sources',
    title: 'Getting sources',
    attempts: attempts.getSources,
    action: (signal) => askToWork(run, signal, () => ports.getSources(place, signal, (text) => say(run, text))),
  };
  const restoreCache: Stage = {
    id: 'restore_cache',
    title: 'Restoring cache',
    attempts: attempts.restoreCache,
    action: (signal) => restoreCaches(saveOptions(run, signal)),
  };
  const downloadArtifacts: Stage = {
    id: 'download_artifacts',
    title: 'Downloading artifacts',
    attempts: attempts.downloadArtifacts,
    action: (signal) => fetchDependencies(run, signal),
  };
  const refused = await runStep(run, 'pre_get_sources_script', 'Running pre_get_sources_script', scripts.preGetSources);
  if (refused !== null) return refused;
  await endEarlierGit(run);
  return (
    (await runStage(run, getSources)) ??
    (await runStep(run, 'post_get_sources_script', 'Running post_get_sources_script', scripts.postGetSources)) ??
    (payload.cache.length === 0 ? null : await runStage(run, restoreCache)) ??
    (payload.dependencies.length === 0 ? null : await runStage(run, downloadArtifacts))
  );
}

/** A git that an earlier runner has started for this job may have outlived it; two of them in one directory spoil each other's work. */
async function endEarlierGit(run: JobRun): Promise<void> {
  if (run.isTakenOver && !run.journal.progress.steps.get('get_sources')?.ended) await stopTree(run);
}

async function runUserSteps(run: JobRun): Promise<Verdict | null> {
  const { journal, clock, budgets, scripts } = run;
  const first = scripts.userSteps[0];
  const step = first && journal.progress.steps.get(first.id);
  const begun = step === undefined ? nowOf(clock) : { at: step.startedAt, bootMs: step.startedBootMs ?? null };
  const watch = budgets.scriptMs === null ? null : watchTimeout(run, begun, budgets.scriptMs);
  try {
    for (const step of scripts.userSteps) {
      const ended = await runStep(run, step.id, step.title, step.script);
      if (ended !== null) return ended;
    }
    return null;
  } finally {
    watch?.callOff();
  }
}
