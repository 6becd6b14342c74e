import { type Clock, describeError } from '../base/index.ts';
import type { JobsInHand } from './jobs-in-hand.ts';
import type { StreamEvent } from './wire/events.ts';
import { followEvents } from './wire/events.ts';
import type { Server } from './wire/http/server.ts';
import { readStopOrder } from './wire/stop-order.ts';

export interface HearOptions {
  readonly server: Server;
  readonly token: () => string;
  readonly systemId: string;
  readonly clock: Clock;
  readonly jobs: JobsInHand;
  /** There may be work. */
  readonly onWork: () => void;
  /** Somebody has lifted the quarantine that began then, as this runner has told it. */
  readonly onRelease: (since: string) => void;
  /** Aborts when the stream may be dead without a word, and is to be opened anew. Asked for each time. */
  readonly woken: () => AbortSignal;
  readonly warn: (text: string) => void;
  readonly signal: AbortSignal;
}

/** Three of its heartbeats. */
const SILENCE_MS = 45_000;
/** However soon a server wants us back. */
const LEAST_PAUSE_MS = 100;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** A coordinator that has no stream for us may be a newer one by then. */
const REFUSED_PAUSE_MS = 60_000;

/**
 * Hears what the coordinator has to say at once, over a stream that is opened again whenever it breaks off, until `signal` aborts. It only makes things
 * faster: whatever is said over it, the answers to a job's own reports say too, and while there is no stream those are sent more often.
 */
export async function hearEvents(options: HearOptions): Promise<void> {
  const { clock, jobs, warn, signal } = options;
  const onEvent = (event: StreamEvent): void => obeyEvent(event, options);
  for (let pauseMs = FIRST_PAUSE_MS; !signal.aborted; ) {
    const until = AbortSignal.any([signal, options.woken()]);
    let isOpen = false;
    let nextMs = pauseMs;
    try {
      const onOpen = (): void => {
        isOpen = true;
        jobs.hear(true);
      };
      const end = await followEvents({ ...options, signal: until, silenceMs: SILENCE_MS, onOpen, onEvent });
      nextMs = end.kind === 'refused' ? REFUSED_PAUSE_MS : Math.max(end.retryMs ?? FIRST_PAUSE_MS, LEAST_PAUSE_MS);
    } catch (error) {
      if (!until.aborted && pauseMs === FIRST_PAUSE_MS) warn(describeError(error));
    }
    jobs.hear(false);
    pauseMs = isOpen ? FIRST_PAUSE_MS : Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    await clock.sleep(nextMs, until);
  }
}

function obeyEvent({ event, data }: StreamEvent, { jobs, onWork, onRelease }: HearOptions): void {
  if (event === 'work') onWork();
  if (event === 'look') jobs.askAll();
  if (event === 'release' && typeof data.since === 'string') onRelease(data.since);
  const key = data.token_sha256;
  if (typeof key !== 'string') return;
  const order = readStopOrder(data);
  if (event === 'watch') jobs.ask(key);
  if (event === 'cancel') jobs.cancel(key, order);
  if (event === 'abort') jobs.abort(key, order);
}
