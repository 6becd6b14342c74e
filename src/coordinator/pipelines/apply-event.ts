import type { PipelineEvent } from '../../lifecycle/index.ts';
import type { Tx } from '../../store/index.ts';
import type { Parts } from '../parts.ts';
import type { EventAnswer } from './event-answer.ts';
import { inPipeline } from './transaction/in-pipeline.ts';

/** Written in the transaction of a change, such as who asked for it: neither is there without the other. */
export type Note = (tx: Tx) => Promise<void>;

export const NO_NOTE: Note = async () => {};

/** One event, one transaction: the row is locked, the event applied, every row that follows from it written. What is refused, or changes nothing, writes nothing; `note` neither. */
export async function applyEvent(
  parts: Parts,
  pipelineId: number,
  event: PipelineEvent,
  note: Note = NO_NOTE,
): Promise<EventAnswer> {
  const done = await inPipeline(parts, pipelineId, async (open) => {
    const refused = open.send(event);
    if (open.isChanged) await note(open.tx);
    return refused;
  });
  if (done === null) return { kind: 'unknown' };
  return done.result === null ? { kind: 'applied' } : { kind: 'refused', reason: done.result };
}
