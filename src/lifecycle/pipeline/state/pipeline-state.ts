import type { AutoCancel, JobRules, Status } from '../../../protocol/index.ts';
import type { Tally } from '../../decisions/index.ts';
import type { CancelRequest, ForceRequest, JobPolicy, JobState, TriggerStrategy } from '../../job/index.ts';
import type { Slots } from './slots.ts';

/** What a pipeline is made of. A `PlannedJob` fits as it is. */
export interface SchedulableJob extends JobRules {
  /** Of a trigger job; `none` when left out. */
  readonly trigger?: { readonly strategy: TriggerStrategy } | null;
  /** When known to be empty, the job never owes a cleanup. */
  readonly afterScript?: readonly string[];
}

export interface PipelineOptions {
  /** Names in order; `JobRules.stageIndex` points here. */
  readonly stages: readonly string[];
  readonly autoCancel?: AutoCancel;
  readonly policy?: JobPolicy;
}

/** One job of a pipeline. A retried job stays as it ended, and another with the same position takes its place. */
export interface PipelineJob {
  /** From 0, in the order of the rules; retries go on after the last. Means something inside this pipeline only. */
  readonly number: number;
  /** Index of its rules; the same for every retry of one job. */
  readonly position: number;
  readonly rules: SchedulableJob;
  readonly state: JobState;
  /** What `allow_failure` comes to, exit codes considered. */
  readonly allowFailure: boolean;
  /** How many jobs of this position were retried before. */
  readonly earlierRetries: number;
  /** Number of the job that took this one's place. */
  readonly retriedAs: number | null;
}

/**
 * A pipeline between two events, for a driver that keeps it in memory. A value: `applyPipeline` returns a new one, which shares all that did not change.
 * Read it through the functions of `read-pipeline.ts`; the rest is bookkeeping that makes one event cost what it touches.
 */
export interface PipelineState {
  readonly shape: PipelineShape;
  readonly status: Status;
  /** Set once the pipeline as a whole was cancelled: it then ends as `canceled`, whatever its jobs add up to. */
  readonly cancelRequest: PipelineCancel | null;
  /** Every job ever, by number. */
  readonly jobs: Slots<PipelineJob>;
  /** Number of the current job of each position. */
  readonly current: Slots<number>;
  /** How many needs of each position are not done yet; 0 in stage mode. */
  readonly openNeeds: Slots<number>;
  readonly stages: Slots<Tally>;
  readonly total: Tally;
  /** First stage that is not done: jobs in stage mode up to and including this one have had their turn. */
  readonly frontier: number;
}

/** The first cancel of a pipeline as a whole, and who first forced it, if anybody did. */
export interface PipelineCancel extends CancelRequest {
  readonly forced?: Pick<ForceRequest, 'by' | 'at'>;
}

/** What never changes in a pipeline. */
export interface PipelineShape {
  readonly rules: readonly SchedulableJob[];
  readonly stageNames: readonly string[];
  readonly autoCancel: AutoCancel;
  readonly policy: JobPolicy;
  /** Positions in stage mode, by stage. */
  readonly stageMode: readonly (readonly number[])[];
  /** For each position: the positions that need it. */
  readonly neededBy: readonly (readonly number[])[];
  /** For each position: the positions it needs; null in stage mode. */
  readonly needs: readonly (readonly number[] | null)[];
}
