import { type Call, TAKEN, type Taken } from '../../http/index.ts';
import type { Parts } from '../../parts.ts';
import { EventStream, type ServerEvent, type Sink } from '../event-stream.ts';
import { COME_BACK_MS, follow, LONGEST_MS, LOOK_MS, type Teller } from '../serve-stream.ts';
import { type Subject, watchHints } from '../watch-hints.ts';

/** One watch of many that share a stream. */
export interface Watched {
  /** As its watcher calls it. */
  readonly name: string;
  readonly subjects: readonly Subject[];
  readonly tell: Teller;
}

/** Serves many watches over one connection; each goes at its own pace. */
export async function serveWatches(
  { parts, call }: { readonly parts: Parts; readonly call: Pick<Call, 'signal' | 'raw'> },
  watches: readonly Watched[],
  first: readonly ServerEvent[],
): Promise<Taken> {
  const { clock, version, log } = parts;
  const { response, request } = call.raw;
  const failed = new AbortController();
  const signal = AbortSignal.any([call.signal, failed.signal]);
  const stream = new EventStream(response, { clock, gone: signal, version });
  if (request.method === 'HEAD') {
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
  for (const event of first) await line.send(event);
  const done = new AbortController();
  const beats = beatUntil(AbortSignal.any([signal, done.signal]), line, clock);
  const areOver = await Promise.all(watches.map(serve));
  done.abort('over');
  await beats;
  if (failed.signal.aborted) response.destroy();
  else stream.end(areOver.every(Boolean) ? null : COME_BACK_MS);
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
  readonly #stream: EventStream;
  #last: Promise<boolean> = Promise.resolve(true);

  constructor(stream: EventStream) {
    this.#stream = stream;
  }

  of(name: string): Sink {
    return { send: (event) => this.send(named(name, event)) };
  }

  send(event: ServerEvent): Promise<boolean> {
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

const known = new WeakMap<ServerEvent, { readonly name: string; readonly event: ServerEvent }>();

/** The event as it stands in a stream of many. What many are told is made once, so that it is put into words once. */
export function named(name: string, said: ServerEvent): ServerEvent {
  const before = known.get(said);
  if (before?.name === name) return before.event;
  const event = { event: said.event, data: { watch: name, data: said.data } };
  known.set(said, { name, event });
  return event;
}
