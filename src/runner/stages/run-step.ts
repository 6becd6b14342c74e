import type { JobRun } from '../job-run.ts';
import type { Verdict } from '../journal/move.ts';
import { record } from '../journal/record.ts';
import { holdReserve } from '../journal/reserve.ts';
import { sectionEnd } from '../log/sections.ts';
import { beginStep, drain, heading, say, tellRemarks } from '../log/tell.ts';
import { cleanupVariables } from '../teardown/cleanup/cleanup-variables.ts';
import { cleanupStep } from '../teardown/cleanup/start-cleanup.ts';
import { ask } from './ask.ts';
import { followStep } from './follow-step.ts';
import { interrupted, judgeExit, judgeLoss, lostWithRunner, systemFailure, verdict } from './verdicts.ts';

/** One user step: started, followed, judged. Null: it ended well, go on. */
export async function runStep(run: JobRun, id: string, title: string, script: string | null): Promise<Verdict | null> {
  if (script === null) return null;
  const { journal, control } = run;
  const before = journal.progress.steps.get(id);
  if (before?.ended) return judgeExit(before.ended.code);
  const lost = before === undefined ? null : await judgeAbsence(run, id);
  if (lost !== null) return lost;
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
  const loss = judgeLoss(state);
  // What became of a place that is gone `look` goes on saying, to whoever takes the job over as well.
  if (loss === null) record(run, { move: 'step_ended', step: id, code });
  // A step that vanished because its tree is being torn down by somebody else's interruption is not a failure of its own.
  if (code === null && control.interruption) return interrupted(run);
  await drain(run);
  tellRemarks(run, state);
  // What is left of a script without its wrapper still prints, until it is stopped.
  if (code !== null) say(run, sectionEnd(id, run.clock.now()));
  return loss ?? judgeExit(code);
}

/** Of a step that an earlier runner has started: its processes are gone, and left no word of how it ended. */
async function judgeAbsence(run: JobRun, id: string): Promise<Verdict | null> {
  const { kind } = await run.place.look(id);
  if (kind !== 'vanished' || run.control.interruption) return null;
  await drain(run);
  return lostWithRunner();
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

/** What the cleanup will need is taken now: by the time it is due there may be nothing left to take. */
async function reserveCleanup(run: JobRun): Promise<void> {
  const { journal, place, scripts, descriptors } = run;
  descriptors.hold();
  holdReserve(journal.directory);
  const likely = cleanupVariables(
    run,
    verdict({ cause: 'succeeded', exitCode: 0 }),
    journal.progress.firstCleanupAttempt,
  );
  const id = cleanupStep(journal.progress.firstCleanupAttempt);
  await place.reserve({ id, script: scripts.afterScript?.(likely) ?? '' });
}

/** The one place where a cleanup comes to be owed: written down before the first user command runs. */
async function openObligation(run: JobRun, step: string): Promise<Verdict | null> {
  const { journal, place, scripts, ports, control } = run;
  try {
    if (!journal.progress.owed) {
      // Before anybody hears that the job starts: one without room for its cleanup owes none.
      if (scripts.afterScript !== null) await reserveCleanup(run);
      const answer = await ask(control.interruptSignal, (signal) => ports.askToStart(signal));
      if (control.interruption) return interrupted(run);
      if (answer === 'refused') return verdict({ cause: 'canceled', isCancel: true, by: 'coordinator' });
      journal.append({ move: 'obligation_opened' });
      ports.phase({ phase: 'script', cause: null, deadline: null });
    }
    await place.clear(step);
    journal.append({ move: 'step_started', step, bootMs: run.clock.sinceBoot() });
    return null;
  } catch (error) {
    if (control.interruption) return interrupted(run);
    return systemFailure(run, step, error);
  }
}
