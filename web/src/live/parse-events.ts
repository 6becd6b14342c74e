/** One event of a stream, as it was sent. */
export interface SentEvent {
  readonly event: string;
  /** What JSON its data was. */
  readonly data: unknown;
}

export interface EventParser {
  /** What has come to its end with these bytes. Comments are none, and only show that the server is there. */
  push(bytes: Uint8Array): readonly SentEvent[];
  /** What the server said last of when to come back, in ms; null: nothing. */
  retryMs(): number | null;
}

/** Longest line that is taken: the server sends pieces of at most some MiB, and a proxy's page of errors has no end of a line. */
const MOST_CHARACTERS = 32 * 1024 * 1024;

/** Reads server-sent events, in whatever pieces they come. `push` throws on what is none of ours: data that is no JSON, a line without an end. */
export function createEventParser(): EventParser {
  const decoder = new TextDecoder();
  let rest = '';
  let event = '';
  let data: string[] = [];
  let retry: number | null = null;

  /** The event that an empty line ends. */
  const take = (): SentEvent | null => {
    const taken = event === '' || data.length === 0 ? null : { event, data: JSON.parse(data.join('\n')) as unknown };
    event = '';
    data = [];
    return taken;
  };
  const read = (line: string): void => {
    const at = line.indexOf(':');
    const name = at < 0 ? line : line.slice(0, at);
    const value = at < 0 ? '' : line.slice(line[at + 1] === ' ' ? at + 2 : at + 1);
    if (name === 'event') event = value;
    else if (name === 'data') data.push(value);
    else if (name === 'retry' && /^\d{1,9}$/.test(value)) retry = Number(value);
  };

  return {
    push(bytes) {
      const text = rest + decoder.decode(bytes, { stream: true });
      // A line ends with LF, CR LF or CR; of a CR at the end it is not known yet which.
      const lines = text.split(/\r\n|\n|\r(?=[^\n])/);
      rest = lines.pop() ?? '';
      if (rest.length > MOST_CHARACTERS) throw new Error('a line without an end');
      const events: SentEvent[] = [];
      for (const line of lines) {
        const taken = line === '' ? take() : null;
        if (taken !== null) events.push(taken);
        else if (line !== '') read(line);
      }
      return events;
    },
    retryMs: () => retry,
  };
}
