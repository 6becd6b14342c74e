export interface ReadEvent {
  readonly event: string;
  readonly id: string | null;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever was told
  readonly data: any;
}

export interface EventReader {
  readonly status: number;
  readonly headers: Headers;
  /** The next one; null: the stream is over. Rejects when none comes in time. */
  next(): Promise<ReadEvent | null>;
  /** All up to the first of this name, that one included. */
  until(event: string): Promise<readonly ReadEvent[]>;
  /** Lines that are no events: comments and `retry`. */
  readonly asides: readonly string[];
  close(): void;
}

const DEADLINE_MS = 30_000;

/** Reads server-sent events over a socket, as `guest`; with an empty `private-token` as nobody. */
export async function readEvents(url: string, headers: Readonly<Record<string, string>> = {}): Promise<EventReader> {
  const hangUp = new AbortController();
  const signal = AbortSignal.any([hangUp.signal, AbortSignal.timeout(DEADLINE_MS)]);
  const given = Object.entries({ 'private-token': 'guest', ...headers }).filter(([, value]) => value !== '');
  const answer = await fetch(url, { headers: Object.fromEntries(given), signal });
  const asides: string[] = [];
  const events = eventsOf(answer, asides);
  const next = async (): Promise<ReadEvent | null> => {
    const { value, done } = await events.next();
    return done === true ? null : value;
  };
  return {
    status: answer.status,
    headers: answer.headers,
    asides,
    next,
    async until(event) {
      const seen: ReadEvent[] = [];
      for (;;) {
        const one = await next();
        if (one === null) throw new Error(`no ${event} in ${JSON.stringify(seen)}`);
        seen.push(one);
        if (one.event === event) return seen;
      }
    },
    close: () => hangUp.abort(),
  };
}

async function* eventsOf({ body }: Response, asides: string[]): AsyncGenerator<ReadEvent, void> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const fields = Object.fromEntries(
        text
          .slice(0, end)
          .split('\n')
          .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
      );
      text = text.slice(end + 2);
      if (fields.event === undefined) asides.push(JSON.stringify(fields));
      else yield { event: fields.event, id: fields.id ?? null, data: JSON.parse(fields.data ?? 'null') };
    }
  }
}
