import type { Cause, Cleanup, FailureReason } from '../../protocol/index.ts';
import type { SavedArtifact } from '../save/artifacts.ts';

export type { SavedArtifact } from '../save/artifacts.ts';

/**
 * What a runner has done for one job, one line each in `moves.jsonl`, in this order for a job that runs to its end:
 *
 *   accepted → (step_started → step_ended)* with obligation_opened before the first step that runs a user command
 *   → teardown_begun → tree_dead → ((cleanup_started → cleanup_extended* → cleanup_failed?)+ → cleanup_ended)? → saved → kept* → finished
 *
 * A move is written before what it announces (`…_started`, `…_opened`, `…_begun`) and after what it reports (`…_ended`,
 * `tree_dead`, `saved`, `kept`, `finished`). Whoever reads the journal after a crash therefore may find something announced that did not
 * happen, never something that happened unannounced. Moves that a later version adds must be ones that this one can do without;
 * see `JOURNAL_VERSION`. `bootMs`: how long the machine had been up, suspensions included, by which later processes tell how long ago that was, however its clock was set since.
 */
export type Move = { readonly at: number } & (
  | { readonly move: 'accepted'; readonly bootMs?: number }
  /** From here on after_script is owed. */
  | { readonly move: 'obligation_opened' }
  | { readonly move: 'step_started'; readonly step: string; readonly bootMs?: number }
  | { readonly move: 'step_ended'; readonly step: string; readonly code: number | null }
  | ({ readonly move: 'teardown_begun' } & Verdict)
  /** Somebody cancelled the job after its script was over: the verdict stands, and the job ends as canceled. */
  | { readonly move: 'canceled'; readonly by: string }
  | { readonly move: 'forced'; readonly by: string; readonly why: string }
  /** The script and all its descendants are gone. */
  | { readonly move: 'tree_dead' }
  /**
   * Of the attempts before it: how many were killed from outside, and how much of the budget has gone by (ms). Left out: none.
   * `upMs`: how long the machine had been up, by which later processes tell time, however its clock was set.
   */
  | {
      readonly move: 'cleanup_started';
      readonly attempt: number;
      readonly vanished?: number;
      readonly usedMs?: number;
      readonly upMs?: number;
    }
  /**
   * An attempt ended with another code than 0, and another one follows after a pause. `failed`: how many have, this one included; `usedMs`: of
   * the budget, so far. Since minor version 1.
   */
  | {
      readonly move: 'cleanup_failed';
      readonly attempt: number;
      readonly code: number;
      readonly failed: number;
      readonly usedMs: number;
    }
  /** The cleanup asked for more time, and has so many ms in all beyond its budget. Since minor version 1. */
  | { readonly move: 'cleanup_extended'; readonly extraMs: number }
  | { readonly move: 'cleanup_ended'; readonly cleanup: Cleanup }
  /**
   * What was packed, in the job's own directory. `invalid`: what is wrong with one of them, which fails a job that would have been a success;
   * left out: nothing.
   */
  | { readonly move: 'saved'; readonly artifacts: readonly SavedArtifact[]; readonly invalid?: string }
  /** One of them, by its place in that list, has left for where it is kept. */
  | { readonly move: 'kept'; readonly index: number; readonly artifact: SavedArtifact }
  | { readonly move: 'finished'; readonly result: JobResult }
);

/** Why the script is over; the first cause wins. */
export interface Verdict {
  readonly cause: Cause;
  /** Somebody cancelled the job: it ends as canceled, whatever the cause says. */
  readonly isCancel: boolean;
  /** Exit code of the script, when it ended by itself. */
  readonly exitCode: number | null;
  /** Who asked for it: `user`, `signal SIGINT`, `guard`, …; null when nobody did. */
  readonly by: string | null;
  /** More exact than the cause's own reason, if known. */
  readonly reason: FailureReason | null;
  /** For people; null when the log already says it. */
  readonly message: string | null;
}

export interface JobResult {
  readonly status: 'success' | 'failed' | 'canceled';
  readonly cause: Cause;
  readonly failureReason: FailureReason | null;
  readonly exitCode: number | null;
  readonly cleanup: Cleanup;
  readonly artifacts: readonly SavedArtifact[];
}
