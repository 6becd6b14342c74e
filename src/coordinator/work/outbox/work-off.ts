import { randomUUID } from 'node:crypto';
import { describeError } from '../../../base/index.ts';
import { type EffectRecord, failEffect, takeEffect } from '../../../store/index.ts';
import type { Parts } from '../../parts.ts';
import { type EffectHandler, TakenOver } from './effect-handler.ts';

/** Compiling a large file may take a while. Whoever dies meanwhile costs the row so long. */
const RESERVATION_MS = 120_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 600_000;

export type EffectHandlers = Readonly<Record<string, EffectHandler>>;

/** Works off the row that is due longest; false: none is due. */
export async function workOffOne(parts: Parts, handlers: EffectHandlers): Promise<boolean> {
  const reservation = randomUUID();
  const effect = await parts.store.write((tx) => takeEffect(tx, reservation, tx.now() + RESERVATION_MS));
  if (effect === null) return false;
  try {
    const handle = handlers[effect.kind];
    if (handle === undefined) throw new Error(`nobody knows the kind ${effect.kind}`);
    await handle(parts, effect, reservation);
  } catch (error) {
    if (error instanceof TakenOver) return true;
    await noteFailure(parts, effect, reservation, error);
  }
  return true;
}

async function noteFailure(
  { store, log }: Parts,
  effect: EffectRecord,
  reservation: string,
  error: unknown,
): Promise<void> {
  const { id, kind, tries, pipelineId, jobId } = effect;
  const text = describeError(error);
  log.warn(
    { effect: id, kind, tries, pipeline: pipelineId, job: jobId, error: text },
    'an effect could not be worked off',
  );
  const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(tries - 1, 20));
  await store.write((tx) => failEffect(tx, id, { reservation, error: text, dueAt: tx.now() + pause }));
}
