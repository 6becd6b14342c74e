import { type Call, TAKEN, type Taken } from '../http/index.ts';
import type { Parts } from '../parts.ts';
import { EventStream, type Sink } from './event-stream.ts';
import type { ShareReads } from './share-reads.ts';
import { type Subject, type Watch, watchHints } from './watch-hints.ts';

/** A hint may be lost: after so long without one, whoever watches looks by itself. */
export const LOOK_MS = 10_000;
/** Then a watcher has to come back, and is asked again whether it may. */
export const LONGEST_MS = 900_000;
export const COME_BACK_MS = 100;

/** What every teller is made with. */
export interface Telling {
  readonly parts: Parts;
  readonly share: ShareReads;
}

/**
 * Sends what is new since it was called last. `over`: there will be nothing more, or nobody takes it; else for how many ms it is not to be asked
 * again, whatever happens.
 */
export type Teller = (sink: Sink) => Promise<'over' | number>;

/** Serves one watcher to the end: tells what there is, then what is new whenever there may be something. */
export async function serveStream(
  parts: Parts,
  { signal, raw }: Pick<Call, 'signal' | 'raw'>,
  subjects: readonly Subject[],
  tell: Teller,
): Promise<Taken> {
  const { clock, version, log } = parts;
  const stream = new EventStream(raw.response, { clock, gone: signal, version });
  if (raw.request.method === 'HEAD') {
    stream.end(null);
    return TAKEN;
  }
  const watch = watchHints(parts, subjects, signal);
  try {
    const beat = (): Promise<boolean> => stream.beat();
    const endsAt = clock.monotonic() + LONGEST_MS;
    const isOver = await follow({ sink: stream, beat, watch, tell, signal, endsAt }, clock);
    stream.end(isOver ? null : COME_BACK_MS);
  } catch (error) {
    log.error({ err: error }, 'event stream failed');
    raw.response.destroy();
  } finally {
    watch.end();
  }
  return TAKEN;
}

export interface Following {
  readonly sink: Sink;
  /** After a while without news. */
  readonly beat: () => Promise<boolean>;
  readonly watch: Watch;
  readonly tell: Teller;
  readonly signal: AbortSignal;
  /** Monotonic ms. */
  readonly endsAt: number;
}

/** Tells whenever there may be news. False: the watcher should come back. */
export async function follow(following: Following, clock: Parts['clock']): Promise<boolean> {
  const { sink, beat, watch, tell, signal, endsAt } = following;
  while (clock.monotonic() < endsAt) {
    const restMs = await tell(sink);
    if (restMs === 'over') return !signal.aborted;
    await clock.sleep(restMs, signal);
    const next = await watch.next(LOOK_MS);
    if (next === 'over') return false;
    if (next === 'quiet' && !(await beat())) return false;
  }
  return false;
}
