import { type Call, TAKEN, type Taken } from '../../http/index.ts';
import type { Parts } from '../../parts.ts';
import type { WatchEvent, WatchedEvent } from '../../rest/schemas/events.ts';
import { EventStream, type Sink } from '../event-stream.ts';
import { COME_BACK_MS, follow, LONGEST_MS, LOOK_MS, type Teller } from '../serve-stream.ts';
import { type Subject, watchHints } from '../watch-hints.ts';
import { watchAccess } from './watch-access.ts';

/** One watch of many that share a stream. */
export interface Watched {
  /** As its watcher calls it. */
  readonly name: string;
  readonly subjects: readonly Subject[];
  /** That it was judged by; null: by none. */
  readonly projectId: number | null;
  readonly tell: Teller<WatchedEvent>;
}

/** Serves many watches over one connection; each goes at its own pace. */
export async function serveWatches(
  { parts, call }: { readonly parts: Parts; readonly call: Pick<Call, 'signal' | 'raw' | 'principal'> },
  watches: readonly Watched[],
  first: readonly WatchEvent[],
): Promise<Taken<WatchEvent>> {
  const { clock, version, log } = parts;
  const { response, request } = call.raw;
  const failed = new AbortController();
  const projectIds = watches.flatMap(({ projectId }) => projectId ?? []);
  const access = watchAccess(parts.store, call.principal, projectIds);
  const signal = AbortSignal.any([call.signal, failed.signal, access.changed]);
  const stream = new EventStream<WatchEvent>(response, { clock, gone: signal, version });
  if (request.method === 'HEAD') {
    access.end();
    stream.end(null);
    return TAKEN;
  }
  const line = new Line(stream);
  const endsAt = clock.monotonic() + LONGEST_MS;
  const serve = async ({ name, subjects, tell }: Watched): Promise<boolean> => {
    const watch = watchHints(parts, subjects, signal);
    const beat = async (): Promise<boolean> => !signal.aborted;
    try {
      return await follow({ sink: line.of(name), beat, watch, tell, signal, endsAt }, clock);
    } catch (error) {
      failed.abort('failed');
      log.error({ err: error, watch: name }, 'event stream failed');
      return false;
    } finally {
      watch.end();
    }
  };
  try {
    for (const event of first) await line.send(event);
    const done = new AbortController();
    const beats = beatUntil(AbortSignal.any([signal, done.signal]), line, clock);
    const areOver = await Promise.all(watches.map(serve));
    done.abort('over');
    await beats;
    if (failed.signal.aborted) response.destroy();
    else stream.end(areOver.every(Boolean) ? null : COME_BACK_MS);
  } finally {
    access.end();
  }
  return TAKEN;
}

/** Also while there is a lot that is no news: whoever hears nothing for long takes the stream for lost. */
async function beatUntil(over: AbortSignal, line: Line, clock: Parts['clock']): Promise<void> {
  while (!over.aborted) {
    await clock.sleep(LOOK_MS, over);
    if (!over.aborted) await line.beat();
  }
}

/** Where watches wait for each other: of all of them together no more than one event is held for a reader that is slow. */
class Line {
  readonly #stream: EventStream<WatchEvent>;
  #last: Promise<boolean> = Promise.resolve(true);

  constructor(stream: EventStream<WatchEvent>) {
    this.#stream = stream;
  }

  of(name: string): Sink<WatchedEvent> {
    return { send: (event) => this.send(named(name, event)) };
  }

  send(event: WatchEvent): Promise<boolean> {
    return this.#next(() => this.#stream.send(event));
  }

  beat(): Promise<boolean> {
    return this.#next(() => this.#stream.beat());
  }

  #next(write: () => Promise<boolean>): Promise<boolean> {
    this.#last = this.#last.then(write);
    return this.#last;
  }
}

const known = new WeakMap<WatchedEvent, { readonly name: string; readonly event: WatchEvent }>();

/** The event as it stands in a stream of many. What many are told is made once, so that it is put into words once. */
export function named(name: string, said: WatchedEvent): WatchEvent {
  const before = known.get(said);
  if (before?.name === name) return before.event;
  // Its schema is made of the other's.
  const event = { event: said.event, data: { watch: name, data: said.data } } as WatchEvent;
  known.set(said, { name, event });
  return event;
}
