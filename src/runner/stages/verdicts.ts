import { describeError, Failure } from '../../base/index.ts';
import type { StepState } from '../../executors/index.ts';
import type { FailureReason } from '../../protocol/index.ts';
import type { JobRun } from '../job-run.ts';
import type { Verdict } from '../journal/move.ts';

export function judgeExit(code: number | null): Verdict | null {
  if (code === 0) return null;
  if (code !== null) return verdict({ cause: 'failed', exitCode: code, message: `exit code ${code}` });
  return verdict({
    cause: 'failed',
    reason: 'runner_system_failure',
    message: 'the script was killed from outside before it could end',
  });
}

/** Of a step whose place was told to go as well, as long as it is there. */
export function isUnderWay(state: StepState): boolean {
  return state.kind === 'running' || (state.kind === 'evicted' && !state.isGone);
}

/** Its processes are gone, and left no word of how it ended. */
export function hasVanished(state: StepState): boolean {
  return state.kind === 'vanished' || (state.kind === 'evicted' && state.isGone);
}

/** The step did not end: its place did, or was told to. */
export function judgeLoss(state: StepState): Verdict | null {
  if (state.kind === 'evicted') return verdict({ cause: 'evicted', message: state.reason });
  if (state.kind !== 'lost') return null;
  return verdict({ cause: 'failed', reason: 'runner_system_failure', message: state.reason });
}

export function interrupted(run: JobRun): Verdict {
  const interruption = run.control.interruption;
  if (interruption === null) {
    return verdict({ cause: 'failed', reason: 'runner_system_failure', message: 'the step never started' });
  }
  return verdict(interruption);
}

/** Nobody has failed, or asked for it: the machine was started anew, or somebody killed the script together with its runner. */
export function lostWithRunner(): Verdict {
  return verdict({ cause: 'runner_lost', message: 'the script was lost together with its runner' });
}

/** Whoever keeps artifacts does not want to have one, or does not give one. That is the job's own failure, as with GitLab's runner: it would be the same another time. */
export function isRefusal(error: unknown): boolean {
  return error instanceof Failure && error.code === 'artifact_refused';
}

/** Trouble with the world, or a bug of ours: either way this job's alone, and its cleanup follows. */
export function systemFailure(run: JobRun, stage: string, error: unknown): Verdict {
  const reason: FailureReason = isRefusal(error) ? 'script_failure' : 'runner_system_failure';
  run.ports.trouble(
    `${run.payload.job_info.name}: ${stage}: ${error instanceof Failure ? describeError(error) : bugWords(error)}`,
  );
  return verdict({ cause: 'failed', reason, message: run.log.masked(describeError(error)) });
}

function bugWords(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

export function verdict(known: Partial<Verdict> & Pick<Verdict, 'cause'>): Verdict {
  return { isCancel: false, exitCode: null, by: null, reason: null, message: null, ...known };
}
