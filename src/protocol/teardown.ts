import type { FailureReason } from './failure-reason.ts';

/** Why a job's script is over. Source: the cleanup contract, docs/lifecycle.md. */
export const CAUSES = [
  'succeeded',
  'failed',
  'canceled',
  'superseded',
  'timed_out',
  'runner_shutdown',
  'runner_lost',
  'evicted',
] as const;
export type Cause = (typeof CAUSES)[number];

export interface CauseRule {
  /** How the job ends. */
  readonly endsAs: 'success' | 'failed' | 'canceled';
  /** `CI_JOB_STATUS` that after_script sees. */
  readonly jobStatus: 'success' | 'failed' | 'canceled' | 'timedout';
  /** The failure reason unless a more exact one is known; null where the job does not fail. */
  readonly reason: FailureReason | null;
}

/** What each cause means by itself. Whoever cancels a job has it end as canceled, by whatever cause: see `isCancel` of an interruption. */
export const CAUSE_RULES: Readonly<Record<Cause, CauseRule>> = {
  succeeded: { endsAs: 'success', jobStatus: 'success', reason: null },
  failed: { endsAs: 'failed', jobStatus: 'failed', reason: 'script_failure' },
  canceled: { endsAs: 'canceled', jobStatus: 'canceled', reason: null },
  superseded: { endsAs: 'canceled', jobStatus: 'canceled', reason: null },
  timed_out: { endsAs: 'failed', jobStatus: 'timedout', reason: 'job_execution_timeout' },
  runner_shutdown: { endsAs: 'failed', jobStatus: 'canceled', reason: 'runner_interrupted' },
  runner_lost: { endsAs: 'failed', jobStatus: 'failed', reason: 'runner_system_failure' },
  evicted: { endsAs: 'failed', jobStatus: 'failed', reason: 'runner_system_failure' },
};

/** How the cleanup itself ended; `not_owed` when no user command of the job ever started, or it has no after_script. */
export const CLEANUP_OUTCOMES = ['not_owed', 'succeeded', 'failed', 'timed_out', 'skipped', 'lost'] as const;
export type CleanupOutcome = (typeof CLEANUP_OUTCOMES)[number];

export interface Cleanup {
  readonly outcome: CleanupOutcome;
  /** Exit code of after_script, when it ended by itself. */
  readonly exitCode?: number;
  readonly durationMs?: number;
  /** Which attempt at the cleanup this was, from 1; 0 when none was made. */
  readonly attempt: number;
  /** How many attempts ended with another code than 0, this one included; absent where `EPILOGUE_CLEANUP_RETRY` asks for no other. */
  readonly failedAttempts?: number;
  /** Who skipped it, and why; present exactly when `outcome` is `skipped`. */
  readonly skippedBy?: string;
  readonly reason?: string;
}

/** Budgets of one job in ms. They add up and are never shared. */
export interface Budgets {
  /** Everything up to the end of the script (`timeout`). */
  readonly jobMs: number;
  /** All user steps together (`RUNNER_SCRIPT_TIMEOUT`); null: only `jobMs` bounds them. */
  readonly scriptMs: number | null;
  /** From TERM to KILL. */
  readonly graceMs: number;
  /** `RUNNER_AFTER_SCRIPT_TIMEOUT`. */
  readonly cleanupMs: number;
  /** Cache, artifacts, last log bytes. */
  readonly saveMs: number;
}

export const DEFAULT_BUDGETS: Budgets = {
  jobMs: 3_600_000,
  scriptMs: null,
  graceMs: 10_000,
  cleanupMs: 300_000,
  saveMs: 600_000,
};
