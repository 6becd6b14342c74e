import { currentJobs, type PipelineEvent } from '../../lifecycle/index.ts';
import type { Status } from '../../protocol/index.ts';
import type { Parts } from '../parts.ts';
import { applyEvent, NO_NOTE, type Note } from './apply-event.ts';
import type { EventAnswer } from './event-answer.ts';
import type { Person } from './person.ts';
import { inPipeline } from './transaction/in-pipeline.ts';

/**
 * Cancels a pipeline, its children included: what has not started ends at once, what runs is torn down. Forced: at once, and what is still owed is on record
 * as skipped. Again, or where nothing is left to cancel, it changes nothing; `note` is written when it does.
 */
export async function cancelPipeline(
  parts: Parts,
  id: number,
  { force, by, note = NO_NOTE }: { readonly force: boolean; readonly by: Person; readonly note?: Note },
): Promise<EventAnswer> {
  const event: PipelineEvent = force
    ? { type: 'force_cancel', by: by.name }
    : { type: 'cancel', by: by.name, cause: 'canceled' };
  return await applyEvent(parts, id, event, note);
}

const RETRIED: ReadonlySet<Status> = new Set(['failed', 'canceled']);

/** Runs the failed and cancelled jobs again, and gives those that were skipped because of them another turn. None: nothing changes, and `note` is not written. */
export async function retryPipeline(parts: Parts, id: number, by: Person, note: Note = NO_NOTE): Promise<EventAnswer> {
  const done = await inPipeline(
    parts,
    id,
    async (open) => {
      for (const { number, state } of currentJobs(open.state)) {
        if (RETRIED.has(state.status)) open.send({ type: 'retry', job: number });
      }
      if (open.isChanged) await note(open.tx);
    },
    { userId: by.id },
  );
  return done === null ? { kind: 'unknown' } : { kind: 'applied' };
}
