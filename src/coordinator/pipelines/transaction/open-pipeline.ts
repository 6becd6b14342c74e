import {
  applyPipeline,
  findJob,
  type JobState,
  type PipelineEffect,
  type PipelineEvent,
  type PipelineState,
  type Refusal,
} from '../../../lifecycle/index.ts';
import { isFinished, type Status, type Variable } from '../../../protocol/index.ts';
import type { PipelineRecord, Tx } from '../../../store/index.ts';
import type { LoadedPipeline } from './pipeline-cache.ts';

/**
 * A pipeline under its lock, in the middle of a transaction. Events change it in memory; what they came to is written once, at the end.
 * Valid inside of `inPipeline` only.
 */
export class OpenPipeline {
  readonly tx: Tx;
  /** As it was when it was locked. */
  readonly record: PipelineRecord;
  readonly loaded: LoadedPipeline;
  readonly touched = new Set<number>();
  readonly effects: PipelineEffect[] = [];
  /** Variables of jobs that come to be in this transaction, by number. Without, one has those of the job whose place it takes. */
  readonly given = new Map<number, readonly Variable[]>();
  #state: PipelineState;
  #isResumed = false;

  constructor(tx: Tx, record: PipelineRecord, loaded: LoadedPipeline) {
    this.tx = tx;
    this.record = record;
    this.loaded = loaded;
    this.#state = loaded.state;
  }

  get state(): PipelineState {
    return this.#state;
  }

  /** Events have come to something, be it an order to a child of a job that is over. */
  get isChanged(): boolean {
    return this.#state !== this.loaded.state || this.effects.length > 0;
  }

  /** It was over, or being cancelled, and an event has let it go on: only a person's retry or play does, here or in a child. */
  get isResumed(): boolean {
    return this.#isResumed;
  }

  /** Null: done, also when there was nothing to do; else why not. */
  send(event: PipelineEvent): Refusal | null {
    // One without a plan has no jobs, and nothing ever changes in it.
    if (this.record.planHash === null) return 'wrong_status';
    const { state, effects, touched, refused } = applyPipeline(this.#state, event, this.tx.now());
    this.#isResumed ||= isEnding(this.#state.status) && !isEnding(state.status);
    this.#state = state;
    this.effects.push(...effects);
    for (const number of touched) this.touched.add(number);
    return refused;
  }

  /** Of a job of this pipeline that was there when it was locked; -1: it is none. */
  numberOf(jobId: number): number {
    return this.loaded.jobIds.indexOf(jobId);
  }

  /** As it stands now. */
  job(jobId: number): JobState | null {
    return findJob(this.#state, this.numberOf(jobId))?.state ?? null;
  }
}

function isEnding(status: Status): boolean {
  return isFinished(status) || status === 'canceling';
}
