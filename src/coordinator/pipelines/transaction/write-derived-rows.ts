import { findJob, type PipelineState } from '../../../lifecycle/index.ts';
import {
  endAttempt,
  internLane,
  type Lane,
  putInQueue,
  putWakes,
  removeFromQueue,
  removeWakes,
  type Tx,
  type Waiting,
  type Wake,
} from '../../../store/index.ts';
import { type DerivedRows, derivedRows, NO_ROWS } from './derived-rows.ts';

export interface Rewrite {
  readonly pipelineId: number;
  readonly projectId: number;
  readonly isProtected: boolean;
  /** Null: the pipeline is new. */
  readonly before: PipelineState | null;
  readonly after: PipelineState;
  readonly touched: readonly number[];
  readonly jobIds: readonly number[];
  /** Tags of a position. */
  tags(position: number): readonly string[];
}

interface JobRows {
  readonly number: number;
  readonly jobId: number;
  readonly before: DerivedRows;
  readonly after: DerivedRows;
}

/** Makes the rows beside the touched jobs follow their states. */
export async function writeDerivedRows(tx: Tx, rewrite: Rewrite): Promise<void> {
  const rows = rewrite.touched.map((number) => rowsOf(rewrite, number));
  await rewriteQueue(tx, rewrite, rows);
  await rewriteWakes(tx, rewrite.pipelineId, rows);
  for (const { jobId, before, after } of rows) {
    if (before.attempt !== null && before.attempt !== after.attempt) await endAttempt(tx, jobId, before.attempt);
  }
}

function rowsOf({ before, after, jobIds }: Rewrite, number: number): JobRows {
  return {
    number,
    jobId: jobIds[number] ?? -1,
    before: before === null ? NO_ROWS : stateRows(before, number),
    after: stateRows(after, number),
  };
}

function stateRows(pipeline: PipelineState, number: number): DerivedRows {
  const job = findJob(pipeline, number);
  return job === undefined ? NO_ROWS : derivedRows(job.state, job.state.spec.kind);
}

async function rewriteQueue(tx: Tx, rewrite: Rewrite, rows: readonly JobRows[]): Promise<void> {
  const lanes = new Map<string, number>();
  const waiting: Waiting[] = [];
  const gone: number[] = [];
  for (const { number, jobId, before, after } of rows) {
    if (after.queue === null) {
      if (before.queue !== null) gone.push(jobId);
      continue;
    }
    const isSame = before.queue?.kind === after.queue.kind && before.queue.since === after.queue.since;
    if (isSame) continue;
    const lane = laneOf(rewrite, number, after.queue.kind);
    const key = JSON.stringify(lane);
    const laneId = lanes.get(key) ?? (await internLane(tx, lane));
    lanes.set(key, laneId);
    waiting.push({ jobId, pipelineId: rewrite.pipelineId, laneId, since: after.queue.since });
  }
  await removeFromQueue(tx, gone);
  await putInQueue(tx, waiting);
}

function laneOf({ after, projectId, isProtected, tags }: Rewrite, number: number, kind: Lane['kind']): Lane {
  const job = findJob(after, number);
  // A cleanup alone asks for a runner that takes cleanups, and nothing else.
  const isGraceful = kind === 'job' && job?.rules.interruptible === 'graceful';
  return { projectId, tags: tags(job?.position ?? -1), isProtected, isGraceful, kind };
}

async function rewriteWakes(tx: Tx, pipelineId: number, rows: readonly JobRows[]): Promise<void> {
  const wakes: Wake[] = [];
  const gone: number[] = [];
  for (const { jobId, before, after } of rows) {
    if (after.wakeAt === before.wakeAt) continue;
    if (after.wakeAt === null) gone.push(jobId);
    else wakes.push({ jobId, pipelineId, at: after.wakeAt });
  }
  await removeWakes(tx, gone);
  await putWakes(tx, wakes);
}
