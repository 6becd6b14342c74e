import { backOff } from './back-off.ts';
import type { Link, LiveOptions, Watcher, World } from './live-types.ts';
import type { SentEvent } from './parse-events.ts';
import { readStream, type StreamEnd } from './read-stream.ts';

/** A tab that nobody looks at lets its stream go after so long (others wait for the connection), and has a glance so often. */
const HIDDEN_MS = 10_000;
const GLANCE_MS = 30_000;

export interface Live {
  /** From now on; what there is comes first. Returns how to end it. */
  watch(watcher: Watcher): () => void;
  /** Gives the connection back to the browser, which has six to a host, until what is returned is called. */
  letGo(): () => void;
  /** Asks again, at once: somebody has signed in, the network is back. */
  again(): void;
  /** Nobody looks at this tab, or somebody does again. */
  setHidden(isHidden: boolean): void;
}

interface Entry extends Watcher {
  /** Nothing more will come. */
  isOver: boolean;
}

/** The one stream of a page: everything that is shown is watched over it. */
export function createLive(world: World, options: LiveOptions): Live {
  return new LiveStream(world, options);
}

class LiveStream implements Live {
  readonly #world: World;
  readonly #options: LiveOptions;
  readonly #entries = new Set<Entry>();
  #letGoes = 0;
  #link: Link = { kind: 'idle' };
  #isAway = false;
  #running: AbortController | null = null;
  #pending: (() => void) | null = null;
  #hiding: () => void = () => {};
  #heardAt: number;

  constructor(world: World, options: LiveOptions) {
    this.#world = world;
    this.#options = options;
    this.#heardAt = world.now();
  }

  watch(watcher: Watcher): () => void {
    const entry: Entry = {
      name: () => watcher.name(),
      hear: (event, data) => watcher.hear(event, data),
      ...(watcher.glance === undefined ? {} : { glance: () => watcher.glance?.() ?? Promise.resolve(false) }),
      isOver: false,
    };
    this.#entries.add(entry);
    this.#restart();
    return () => {
      // What is still told of it is heard by nobody, until the stream is opened anew for something else.
      if (this.#entries.delete(entry) && !this.#isWanted()) this.#restart();
    };
  }

  letGo(): () => void {
    this.#letGoes += 1;
    // Where nothing is heard there is nothing to lose.
    if (this.#running !== null) this.#say({ kind: 'lost', since: this.#heardAt });
    this.#restart();
    let isBack = false;
    return () => {
      if (isBack) return;
      isBack = true;
      this.#letGoes -= 1;
      this.#restart();
    };
  }

  again(): void {
    this.#restart();
  }

  setHidden(isHidden: boolean): void {
    this.#hiding();
    this.#hiding = () => {};
    if (isHidden) {
      this.#hiding = this.#world.after(HIDDEN_MS, () => {
        this.#isAway = true;
        this.#restart();
        this.#glance();
      });
    } else if (this.#isAway || this.#running === null || this.#link.kind === 'lost') {
      this.#isAway = false;
      this.#restart();
    }
  }

  /** Once for all that is said in one turn: a view that comes up names what it watches one by one. */
  #restart(): void {
    this.#running?.abort();
    this.#running = null;
    this.#pending ??= this.#world.after(0, () => {
      this.#pending = null;
      if (this.#letGoes > 0) return;
      if (this.#isAway || !this.#isWanted()) {
        this.#say({ kind: this.#entries.size === 0 ? 'idle' : this.#isAway ? 'away' : 'over' });
        return;
      }
      const running = new AbortController();
      this.#running = running;
      this.#follow(running.signal).catch((error: unknown) => this.#options.onBug(error));
    });
  }

  /** Reads one stream after the other, until there is nothing more to read or another list of watches. */
  async #follow(signal: AbortSignal): Promise<void> {
    const { now } = this.#world;
    // What was lost is lost until something is heard.
    if (this.#link.kind !== 'lost') {
      this.#heardAt = now();
      this.#say({ kind: 'connecting', since: this.#heardAt });
    }
    for (let failures = 0; !signal.aborted; failures += 1) {
      const end = await this.#readOnce(signal, () => {
        failures = -1;
      });
      if (signal.aborted) return;
      if (end.kind === 'refused') {
        this.#running = null;
        this.#say({ kind: 'refused', status: end.status });
        return;
      }
      if (!this.#isWanted()) {
        this.#say({ kind: 'over' });
        return;
      }
      this.#say({ kind: 'lost', since: this.#heardAt });
      const wait = backOff(Math.max(0, failures), end.retryMs, this.#world.random());
      await sleep(this.#world, wait, signal);
    }
  }

  async #readOnce(signal: AbortSignal, onNews: () => void): Promise<StreamEnd> {
    const byName = new Map<string, Entry[]>();
    for (const entry of this.#entries) {
      if (entry.isOver) continue;
      const name = entry.name();
      byName.set(name, [...(byName.get(name) ?? []), entry]);
    }
    const query = [...byName.keys()].map((name) => `watch[]=${encodeURIComponent(name)}`).join('&');
    return await readStream(this.#world, `${this.#options.address}?${query}`, {
      signal,
      onAnswer: this.#options.onAnswer,
      onOpen: () => {
        this.#heardAt = this.#world.now();
        this.#say({ kind: 'live' });
      },
      onBytes: () => {
        this.#heardAt = this.#world.now();
      },
      onEvents: (events) => {
        if (signal.aborted) return;
        onNews();
        this.#options.inOne(() => this.#hear(events, byName));
      },
    });
  }

  #isWanted(): boolean {
    return [...this.#entries].some(({ isOver }) => !isOver);
  }

  #say(link: Link): void {
    this.#link = link;
    this.#options.onLink(link);
  }

  #hear(events: readonly SentEvent[], byName: ReadonlyMap<string, readonly Entry[]>): void {
    for (const { event, data } of events) {
      const { watch, data: said } = data as { readonly watch: string; readonly data: unknown };
      for (const entry of byName.get(watch) ?? []) {
        if (!this.#entries.has(entry)) continue;
        if (event === 'end' || event === 'refused') entry.isOver = true;
        try {
          entry.hear(event, said);
        } catch (error) {
          this.#options.onBug(error);
        }
      }
    }
  }

  /** While nobody looks: what may have ended is asked for, so that favicon, title and notification are right. */
  #glance(): void {
    this.#hiding = this.#world.after(GLANCE_MS, () => {
      this.#isAnyUnfinished().then(
        (isUnfinished) => {
          if (this.#isAway && isUnfinished) this.#glance();
        },
        (error: unknown) => this.#options.onBug(error),
      );
    });
  }

  /** What cannot be asked for now may be unfinished. */
  async #isAnyUnfinished(): Promise<boolean> {
    const glances = [...this.#entries].flatMap(({ glance }) => glance ?? []);
    const found = await Promise.allSettled(glances.map((glance) => glance()));
    return found.some((each) => each.status === 'rejected' || each.value);
  }
}

function sleep({ after }: World, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const cancel = after(ms, resolve);
    signal.addEventListener(
      'abort',
      () => {
        cancel();
        resolve();
      },
      { once: true },
    );
  });
}
