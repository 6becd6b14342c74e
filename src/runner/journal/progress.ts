import type { Cleanup } from '../../protocol/index.ts';
import type { JobRecord } from './job-record.ts';
import type { JobResult, Move, SavedArtifact, Verdict } from './move.ts';

/** Where a job stands: what its moves add up to. Same moves, same progress. */
export interface Progress {
  readonly acceptedAt: number | null;
  /** How long the machine had been up then, suspensions included, in ms; null: nobody wrote it down. */
  readonly acceptedBootMs: number | null;
  readonly owed: boolean;
  readonly steps: ReadonlyMap<string, StepProgress>;
  readonly verdict: (Verdict & { readonly at: number }) | null;
  /** Who cancelled the job once its script was over. */
  readonly canceledBy: string | null;
  readonly forced: { readonly by: string; readonly why: string; readonly at: number } | null;
  readonly treeDead: boolean;
  /** Above 1: other runners tried before us. */
  readonly firstCleanupAttempt: number;
  /** The latest attempt at the cleanup. */
  readonly cleanupAttempt: CleanupAttempt | null;
  /** The latest attempt that ended with another code than 0 and is not the last. */
  readonly cleanupFailure: CleanupFailure | null;
  /** Ms that the cleanup has got beyond its budget, in all. */
  readonly cleanupExtraMs: number;
  readonly cleanup: Cleanup | null;
  readonly saved: readonly SavedArtifact[] | null;
  /** What is wrong with one of them. */
  readonly invalid: string | null;
  /** By their place in `saved`. */
  readonly kept: ReadonlyMap<number, SavedArtifact>;
  readonly result: JobResult | null;
}

export interface CleanupAttempt {
  readonly number: number;
  /** UTC ms */
  readonly startedAt: number;
  /** How long the machine had been up then, in ms; null: nobody wrote it down. */
  readonly startedUpMs: number | null;
  /** How many attempts before it were killed from outside. */
  readonly vanished: number;
  /** Ms of the cleanup's budget that had gone by when it was announced. */
  readonly usedMs: number;
}

export interface CleanupFailure {
  /** Of the attempt. */
  readonly number: number;
  readonly code: number;
  /** How many failed, this one included. */
  readonly failed: number;
  /** Ms of the cleanup's budget that had gone by when it ended. */
  readonly usedMs: number;
}

export interface StepProgress {
  readonly startedAt: number;
  /** As `acceptedBootMs`; left out: nobody wrote it down. */
  readonly startedBootMs?: number | undefined;
  readonly ended: { readonly code: number | null } | null;
}

/** Before the first move. */
export function initialProgress({ payload }: JobRecord): Progress {
  return {
    acceptedAt: null,
    acceptedBootMs: null,
    owed: false,
    steps: new Map(),
    verdict: null,
    canceledBy: null,
    forced: null,
    treeDead: false,
    firstCleanupAttempt: payload.cleanup_attempt ?? 1,
    cleanupAttempt: null,
    cleanupFailure: null,
    cleanupExtraMs: 0,
    cleanup: null,
    saved: null,
    invalid: null,
    kept: new Map(),
    result: null,
  };
}

export function advance(progress: Progress, move: Move): Progress {
  switch (move.move) {
    case 'accepted':
      return progress.acceptedAt === null
        ? { ...progress, acceptedAt: move.at, acceptedBootMs: move.bootMs ?? null }
        : progress;
    case 'obligation_opened':
      return { ...progress, owed: true };
    case 'step_started':
      return withStep(progress, move.step, { startedAt: move.at, startedBootMs: move.bootMs, ended: null });
    case 'step_ended': {
      const begun = progress.steps.get(move.step) ?? { startedAt: move.at };
      return withStep(progress, move.step, { ...begun, ended: { code: move.code } });
    }
    case 'teardown_begun':
      return progress.verdict === null ? { ...progress, verdict: move } : progress;
    case 'canceled':
      return { ...progress, canceledBy: progress.canceledBy ?? move.by };
    case 'forced':
      return { ...progress, forced: progress.forced ?? move };
    case 'tree_dead':
      return { ...progress, treeDead: true };
    case 'cleanup_started':
      return { ...progress, cleanupAttempt: attemptOf(move) };
    case 'cleanup_failed':
      return { ...progress, cleanupFailure: failureOf(move) };
    case 'cleanup_extended':
      return { ...progress, cleanupExtraMs: Math.max(progress.cleanupExtraMs, move.extraMs) };
    case 'cleanup_ended':
      return { ...progress, cleanup: move.cleanup };
    case 'saved':
      return { ...progress, saved: move.artifacts, invalid: move.invalid ?? null };
    case 'kept':
      return { ...progress, kept: new Map(progress.kept).set(move.index, move.artifact) };
    case 'finished':
      return { ...progress, result: move.result };
  }
}

function attemptOf({
  at,
  attempt,
  vanished = 0,
  usedMs = 0,
  upMs,
}: Extract<Move, { move: 'cleanup_started' }>): CleanupAttempt {
  return { number: attempt, startedAt: at, startedUpMs: upMs ?? null, vanished, usedMs };
}

function failureOf({ attempt, code, failed, usedMs }: Extract<Move, { move: 'cleanup_failed' }>): CleanupFailure {
  return { number: attempt, code, failed, usedMs };
}

function withStep(progress: Progress, step: string, state: StepProgress): Progress {
  return { ...progress, steps: new Map(progress.steps).set(step, state) };
}
