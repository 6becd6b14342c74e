import type { PipelineEvent } from '../../lifecycle/index.ts';
import type { Parts } from '../parts.ts';
import type { EventAnswer } from './event-answer.ts';

/** The one way in which a pipeline changes: one event, one transaction. */
export async function applyEvent(_parts: Parts, _pipelineId: number, _event: PipelineEvent): Promise<EventAnswer> {
  throw new Error('bug: not built yet');
}
