import { type EffectRecord, finishEffect, type Tx } from '../../../store/index.ts';
import type { Parts } from '../../parts.ts';

/**
 * Works off one row of the outbox: looks at what it is about as that is now, and deletes the row (`settle`) in the transaction that does what is due.
 * May be called twice for one row, late, and beside another process that took it over: then `settle` throws and nothing is written.
 * What it throws is noted, and the row tried again.
 */
export type EffectHandler = (parts: Parts, effect: EffectRecord, reservation: string) => Promise<void>;

/** Another process has the row meanwhile: what it does counts. */
export class TakenOver extends Error {}

/** First statement of the transaction that does what the row says, or second after a lock. */
export async function settle(tx: Tx, { id }: EffectRecord, reservation: string): Promise<void> {
  if (!(await finishEffect(tx, id, reservation))) throw new TakenOver('another process took this over');
}

/** There is nothing to do about it. */
export async function dropEffect({ store }: Parts, effect: EffectRecord, reservation: string): Promise<void> {
  await store.write((tx) => settle(tx, effect, reservation));
}
