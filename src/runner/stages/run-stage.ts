import { describeError } from '../../base/index.ts';
import type { JobRun } from '../job-run.ts';
import type { Verdict } from '../journal/move.ts';
import { record } from '../journal/record.ts';
import { sectionEnd, warningLine } from '../log/sections.ts';
import { heading, say } from '../log/tell.ts';
import { interrupted, systemFailure } from './verdicts.ts';

/** Between attempts at a stage, doubled each time. Source: GitLab's runner. */
const FIRST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 300_000;

/** Work that the runner itself does for the job; done again when a crash left it unfinished. */
export interface Stage {
  readonly id: string;
  readonly title: string;
  /** `GET_SOURCES_ATTEMPTS` and the like. */
  readonly attempts: number;
  readonly action: (signal: AbortSignal) => Promise<void>;
}

/** What a stage has brought is not written through to the disk, and a script would not know. One that has begun has used it. */
function isToBeDoneAgain({ mayHaveLost, control, journal, scripts }: JobRun): boolean {
  const hasBegun = scripts.userSteps.some(({ id }) => journal.progress.steps.has(id));
  return mayHaveLost && control.interruption === null && !hasBegun;
}

export async function runStage(run: JobRun, { id, title, attempts, action }: Stage): Promise<Verdict | null> {
  const { journal, control, clock } = run;
  if (journal.progress.steps.get(id)?.ended && !isToBeDoneAgain(run)) return null;
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
      if (run.flags.FF_USE_EXPONENTIAL_BACKOFF_STAGE_RETRY)
        await clock.sleep(Math.min(FIRST_WAIT_MS * 2 ** (attempt - 1), LONGEST_WAIT_MS), control.interruptSignal);
    }
  }
  record(run, { move: 'step_ended', step: id, code: 0 });
  say(run, sectionEnd(id, clock.now()));
  return null;
}
