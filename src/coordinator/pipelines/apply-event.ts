import type { PipelineEvent } from '../../lifecycle/index.ts';
import type { Parts } from '../parts.ts';
import type { EventAnswer } from './event-answer.ts';
import { inPipeline } from './transaction/in-pipeline.ts';

/** One event, one transaction: the row is locked, the event applied, every row that follows from it written. What is refused writes nothing. */
export async function applyEvent(parts: Parts, pipelineId: number, event: PipelineEvent): Promise<EventAnswer> {
  const done = await inPipeline(parts, pipelineId, async (open) => open.send(event));
  if (done === null) return { kind: 'unknown' };
  return done.result === null ? { kind: 'applied' } : { kind: 'refused', reason: done.result };
}
