import { type Call, TAKEN, type Taken } from '../http/index.ts';
import type { Parts } from '../parts.ts';
import { EventStream, type ServerEvent, type Sink } from './event-stream.ts';
import type { ShareReads } from './share-reads.ts';
import { watchAccess } from './watch/watch-access.ts';
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
export type Teller<E extends ServerEvent> = (sink: Sink<E>) => Promise<'over' | number>;

/** Serves one watcher to the end: tells what there is, then what is new whenever there may be something. */
export async function serveStream<E extends ServerEvent>(
  parts: Parts,
  { signal: gone, raw, principal, project }: Pick<Call, 'signal' | 'raw' | 'principal' | 'project'>,
  subjects: readonly Subject[],
  tell: Teller<E>,
): Promise<Taken<E>> {
  const { clock, version, log } = parts;
  const access = watchAccess(parts.store, principal, [project.id]);
  const signal = AbortSignal.any([gone, access.changed]);
  const stream = new EventStream<E>(raw.response, { clock, gone: signal, version });
  if (raw.request.method === 'HEAD') {
    access.end();
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
    access.end();
    watch.end();
  }
  return TAKEN;
}

export interface Following<E extends ServerEvent> {
  readonly sink: Sink<E>;
  /** After a while without news. */
  readonly beat: () => Promise<boolean>;
  readonly watch: Watch;
  readonly tell: Teller<E>;
  readonly signal: AbortSignal;
  /** Monotonic ms. */
  readonly endsAt: number;
}

/** Tells whenever there may be news. False: the watcher should come back. */
export async function follow<E extends ServerEvent>(following: Following<E>, clock: Parts['clock']): Promise<boolean> {
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
