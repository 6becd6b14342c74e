import { describeError, Failure } from '../../base/index.ts';
import { drop } from './http/ask.ts';
import type { Server } from './http/server.ts';

/** What a coordinator says over its stream, as it stands there; nothing of it is checked yet. */
export interface StreamEvent {
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface StreamOptions {
  readonly server: Server;
  /** The runner's authentication token. */
  readonly token: () => string;
  readonly systemId: string;
  readonly signal: AbortSignal;
  /** The coordinator beats more often than this. */
  readonly silenceMs: number;
  readonly onOpen: () => void;
  readonly onEvent: (event: StreamEvent) => void;
}

/** What was said when the stream ended. */
export type StreamEnd =
  /** `retryMs`: how soon it may be opened again; null: it did not say. */
  | { readonly kind: 'ended'; readonly retryMs: number | null }
  /** There is none for this runner, or not now. */
  | { readonly kind: 'refused'; readonly status: number };

/** An event is some hundred bytes. */
const LONGEST_CHARS = 65_536;

/**
 * Follows the stream of events that a coordinator has for its runner until it ends.
 * @throws Failure `coordinator_unreachable`: no answer, it broke off, said nothing for `silenceMs`, or is none; also when `signal` aborts
 */
export async function followEvents(options: StreamOptions): Promise<StreamEnd> {
  const { server, token, systemId, signal, silenceMs, onOpen } = options;
  const url = server.url();
  const silent = new AbortController();
  const timer = setTimeout(() => silent.abort(), silenceMs);
  try {
    const answer = await server.transport.exchange({
      method: 'GET',
      url: new URL(`${url}/api/v4/runners/events?system_id=${encodeURIComponent(systemId)}`),
      headers: { 'User-Agent': server.userAgent, Accept: 'text/event-stream', 'Runner-Token': token() },
      body: null,
      signal: AbortSignal.any([signal, silent.signal]),
    });
    const isStream = /^text\/event-stream\b/.test(answer.headers.get('content-type') ?? '');
    if (answer.status !== 200 || !isStream || answer.body === null) {
      await drop(answer);
      return { kind: 'refused', status: answer.status };
    }
    onOpen();
    return { kind: 'ended', retryMs: await read(answer.body, options, () => timer.refresh()) };
  } catch (cause) {
    const why = silent.signal.aborted ? `nothing was heard for ${silenceMs / 1000} s` : describeError(cause);
    throw new Failure('coordinator_unreachable', `the events of ${url} broke off: ${why}`, { cause });
  } finally {
    clearTimeout(timer);
  }
}

async function read(
  body: AsyncIterable<Uint8Array>,
  { onEvent }: StreamOptions,
  heard: () => void,
): Promise<number | null> {
  const decoder = new TextDecoder();
  let text = '';
  let retryMs: number | null = null;
  for await (const chunk of body) {
    heard();
    text += decoder.decode(chunk, { stream: true });
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const fields = fieldsOf(text.slice(0, end));
      text = text.slice(end + 2);
      if (/^\d{1,6}$/.test(fields.get('retry') ?? '')) retryMs = Number(fields.get('retry'));
      const event = fields.get('event');
      if (event !== undefined) onEvent({ event, data: dataOf(fields.get('data')) });
    }
    if (text.length > LONGEST_CHARS) throw new Error('an event is too long');
  }
  return retryMs;
}

/** Of one event; each of its fields is one line. */
function fieldsOf(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split('\n').map((line) => {
      const at = line.indexOf(':');
      return [line.slice(0, at), line.slice(at + 1).replace(/^ /, '')];
    }),
  );
}

function dataOf(text = ''): StreamEvent['data'] {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as StreamEvent['data']) : {};
  } catch {
    return {};
  }
}
