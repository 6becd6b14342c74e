import { invariant } from '../../base/index.ts';
import type { JobState } from '../job/index.ts';
import { assemblePipeline } from './state/assemble-pipeline.ts';
import { makeJob, withState } from './state/make-job.ts';
import type {
  PipelineJob,
  PipelineOptions,
  PipelineShape,
  PipelineState,
  SchedulableJob,
} from './state/pipeline-state.ts';
import { shapeOf } from './state/shape-of.ts';

/** What has to be stored of one job; plain JSON. The rest follows from the rules and from the jobs beside it. */
export interface JobRow {
  /** Index of its rules; a later job of the same position is a retry of the one before. */
  readonly position: number;
  readonly state: Omit<JobState, 'spec'>;
}

/** What has to be stored of a pipeline beside its jobs and what it was made of. */
export interface RestoreOptions extends PipelineOptions, Pick<PipelineState, 'status' | 'cancelRequest'> {}

export function rowOf({ position, state: { spec: _, ...state } }: PipelineJob): JobRow {
  return { position, state };
}

/**
 * A pipeline from what was stored of it: equal in every part to the one that was stored, so that no event can tell the two apart.
 * Costs as much as the pipeline is large.
 *
 * @param rows one for every job there ever was, by number.
 */
export function restorePipeline(
  rules: readonly SchedulableJob[],
  rows: readonly JobRow[],
  options: RestoreOptions,
): PipelineState {
  const shape = shapeOf(rules, options);
  const { status, cancelRequest } = options;
  return assemblePipeline({ shape, jobs: restoreJobs(shape, rows), status, cancelRequest });
}

function restoreJobs(shape: PipelineShape, rows: readonly JobRow[]): readonly PipelineJob[] {
  const jobs: PipelineJob[] = [];
  const latest = new Map<number, PipelineJob>();
  for (const [number, { position, state }] of rows.entries()) {
    const before = latest.get(position);
    if (before !== undefined) jobs[before.number] = { ...before, retriedAs: number };
    const fresh = makeJob(shape, position, number, before === undefined ? 0 : before.earlierRetries + 1);
    const job = withState(fresh, { spec: fresh.state.spec, ...state });
    jobs.push(job);
    latest.set(position, job);
  }
  invariant(latest.size === shape.rules.length, 'there is a row for each job of the pipeline');
  return jobs;
}
