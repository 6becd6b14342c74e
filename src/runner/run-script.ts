import { describeError, Failure } from '../base/index.ts';
import type { FailureReason } from '../protocol/index.ts';
import { ask } from './ask.ts';
import { type Deadline, deadlineSignal } from './deadline.ts';
import { fetchDependencies } from './fetch-dependencies.ts';
import { followStep } from './follow-step.ts';
import { beginStep, drain, heading, type JobRun, record, saveOptions, say } from './job-run.ts';
import type { Verdict } from './journal/move.ts';
import { holdReserve } from './journal/reserve.ts';
import { sectionEnd, warningLine } from './log/sections.ts';
import { restoreCaches } from './save/cache.ts';

/** Between attempts at a stage, doubled each time. Source: GitLab's runner. */
const FIRST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 300_000;

/**
 * Everything up to the end of the script, one stage after the other, until one of them gives a verdict: it failed, or somebody
 * interrupted the job. A runner that takes over a job finds in the journal which stages are behind it and goes on from there.
 */
export async function runScript(run: JobRun): Promise<Verdict> {
  const watch = watchTimeout(run, run.journal.progress.acceptedAt ?? run.clock.now(), run.budgets.jobMs);
  try {
    return (await prepareSources(run)) ?? (await runUserSteps(run)) ?? verdict({ cause: 'succeeded', exitCode: 0 });
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
    action: (signal) => ask(signal, () => ports.getSources(place, signal)),
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
  return (
    (await runStep(run, 'pre_get_sources_script', 'Running pre_get_sources_script', scripts.preGetSources)) ??
    (await runStage(run, getSources)) ??
    (await runStep(run, 'post_get_sources_script', 'Running post_get_sources_script', scripts.postGetSources)) ??
    (payload.cache.length === 0 ? null : await runStage(run, restoreCache)) ??
    (payload.dependencies.length === 0 ? null : await runStage(run, downloadArtifacts))
  );
}

async function runUserSteps(run: JobRun): Promise<Verdict | null> {
  const { journal, clock, budgets, scripts } = run;
  const first = scripts.userSteps[0];
  const startedAt = (first && journal.progress.steps.get(first.id)?.startedAt) ?? clock.now();
  const watch = budgets.scriptMs === null ? null : watchTimeout(run, startedAt, budgets.scriptMs);
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

/** One user step: started, followed, judged. Null: it ended well, go on. */
async function runStep(run: JobRun, id: string, title: string, script: string | null): Promise<Verdict | null> {
  if (script === null) return null;
  const { journal, control } = run;
  const before = journal.progress.steps.get(id);
  if (before?.ended) return judgeExit(before.ended.code);
  if (before === undefined) {
    if (control.interruption) return interrupted(run);
    const refusal = await openObligation(run, id);
    if (refusal) return refusal;
  }
  beginStep(run, id, heading(run, id, title));
  const refusal = await startOnce(run, id, script);
  if (refusal) return refusal;
  const state = await followStep(run, id, control.interruptSignal);
  if (state.kind === 'running' || state.kind === 'absent') return interrupted(run);
  const code = state.kind === 'ended' ? state.code : null;
  record(run, { move: 'step_ended', step: id, code });
  // A step that vanished because its tree is being torn down by somebody else's interruption is not a failure of its own.
  if (code === null && control.interruption) return interrupted(run);
  await drain(run);
  say(run, sectionEnd(id, run.clock.now()));
  return judgeExit(code);
}

/** Starts a step unless it was started before, by us or by the runner before us; once interrupted, nothing starts any more. */
async function startOnce(run: JobRun, id: string, script: string): Promise<Verdict | null> {
  try {
    if (run.control.interruption) await run.place.forbid(id);
    else await run.place.start({ id, script });
    return null;
  } catch (error) {
    return systemFailure(run, id, error);
  }
}

/** The one place where a cleanup comes to be owed: written down before the first user command runs. */
async function openObligation(run: JobRun, step: string): Promise<Verdict | null> {
  const { journal, scripts, ports, control } = run;
  try {
    if (!journal.progress.owed) {
      const answer = await ask(control.interruptSignal, (signal) => ports.askToStart(signal));
      if (control.interruption) return interrupted(run);
      if (answer === 'refused') return verdict({ cause: 'canceled', by: 'coordinator' });
      ports.phase({ phase: 'script', cause: null, deadline: null });
      if (scripts.afterScript !== null) holdReserve(journal.directory);
      journal.append({ move: 'obligation_opened' });
    }
    journal.append({ move: 'step_started', step });
    return null;
  } catch (error) {
    if (control.interruption) return interrupted(run);
    return systemFailure(run, step, error);
  }
}

/** Work that the runner itself does for the job; done again when a crash left it unfinished. */
interface Stage {
  readonly id: string;
  readonly title: string;
  /** `GET_SOURCES_ATTEMPTS` and the like. */
  readonly attempts: number;
  readonly action: (signal: AbortSignal) => Promise<void>;
}

async function runStage(run: JobRun, { id, title, attempts, action }: Stage): Promise<Verdict | null> {
  const { journal, control, clock } = run;
  if (journal.progress.steps.get(id)?.ended) return null;
  say(run, heading(run, id, title));
  for (let attempt = 1; ; attempt += 1) {
    if (control.interruption) return interrupted(run);
    try {
      await action(control.interruptSignal);
      break;
    } catch (error) {
      if (control.interruption) return interrupted(run);
      if (attempt >= attempts) return systemFailure(run, id, error);
      say(run, warningLine(`${describeError(error)}; attempt ${attempt} of ${attempts}`));
      await clock.sleep(Math.min(FIRST_WAIT_MS * 2 ** (attempt - 1), LONGEST_WAIT_MS), control.interruptSignal);
    }
  }
  record(run, { move: 'step_ended', step: id, code: 0 });
  say(run, sectionEnd(id, clock.now()));
  return null;
}

function judgeExit(code: number | null): Verdict | null {
  if (code === 0) return null;
  if (code !== null) return verdict({ cause: 'failed', exitCode: code, message: `exit code ${code}` });
  return verdict({
    cause: 'failed',
    reason: 'runner_system_failure',
    message: 'the script was killed from outside before it could end',
  });
}

function interrupted(run: JobRun): Verdict {
  const interruption = run.control.interruption;
  if (interruption === null) {
    return verdict({ cause: 'failed', reason: 'runner_system_failure', message: 'the step never started' });
  }
  return verdict({ cause: interruption.cause, by: interruption.by });
}

function systemFailure(run: JobRun, stage: string, error: unknown): Verdict {
  if (!(error instanceof Failure)) throw error;
  const reason: FailureReason = 'runner_system_failure';
  run.ports.trouble(`${run.payload.job_info.name}: ${stage}: ${describeError(error)}`);
  return verdict({ cause: 'failed', reason, message: describeError(error) });
}

function verdict(known: Partial<Verdict> & Pick<Verdict, 'cause'>): Verdict {
  return { exitCode: null, by: null, reason: null, message: null, ...known };
}

/** Interrupts the job when a budget that began at `startedAt` is used up; call it off when the stage is over. */
function watchTimeout(run: JobRun, startedAt: number, budgetMs: number): Deadline {
  const watch = deadlineSignal(run.clock, startedAt + budgetMs, run.control.forceSignal);
  watch.signal.addEventListener('abort', () => run.control.interrupt({ cause: 'timed_out', by: 'timeout' }), {
    once: true,
  });
  return watch;
}
