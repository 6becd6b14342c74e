import type { Status } from '../../../../src/protocol/index.ts';
import type { AnswerOf } from '../../api/call.ts';
import type { Told } from '../../state/stream.ts';

export type Pipeline = AnswerOf<'GET /api/v4/projects/:id/pipelines/:pipeline_id'>;
export type Graph = AnswerOf<'GET /api/v4/projects/:id/pipelines/:pipeline_id/graph'>;

/** A job as the stream tells it in short. */
export type BriefJob = Told<'jobs'>[number];

const OVER: ReadonlySet<Status> = new Set(['success', 'failed', 'canceled', 'skipped']);

export function isOver(status: Status): boolean {
  return OVER.has(status);
}

/** How far a cancel has come, which is what the button for it shows. */
export function cancelStage(status: Status): 'going' | 'canceling' | 'over' {
  if (status === 'canceling') return 'canceling';
  return isOver(status) || status === 'manual' ? 'over' : 'going';
}
