import type { Phase, Status } from '../../../../src/protocol/index.ts';
import type { AnswerOf } from '../../api/call.ts';

export type Pipeline = AnswerOf<'GET /api/v4/projects/:id/pipelines/:pipeline_id'>;
export type Graph = AnswerOf<'GET /api/v4/projects/:id/pipelines/:pipeline_id/graph'>;
type Job = AnswerOf<'GET /api/v4/projects/:id/jobs'>[number];

/** A job as the stream tells it in short. */
export interface BriefJob extends Pick<Job, 'teardown' | 'cleanup'> {
  readonly id: number;
  readonly name: string;
  readonly stage: string;
  readonly kind: 'job' | 'bridge';
  readonly status: Status;
  readonly allow_failure: boolean;
  readonly retried: boolean;
  /** In the graph. */
  readonly position: number;
  readonly downstream_pipeline_id: number | null;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  readonly phase: Phase | null;
}

const OVER: ReadonlySet<Status> = new Set(['success', 'failed', 'canceled', 'skipped']);

export function isOver(status: Status): boolean {
  return OVER.has(status);
}

/** How far a cancel has come, which is what the button for it shows. */
export function cancelStage(status: Status): 'going' | 'canceling' | 'over' {
  if (status === 'canceling') return 'canceling';
  return isOver(status) || status === 'manual' ? 'over' : 'going';
}
