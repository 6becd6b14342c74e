/** One of the places of a process. */
export interface Place {
  /** From now on a job has it, not a request. */
  begin(): void;
  /** Nobody has it any more. May be called twice. */
  giveBack(): void;
  /**
   * The request that has it is held by its server, for nothing as long as there is no work: `giveWay` is called when somebody else could use the place.
   * @returns how to say that the request is over.
   */
  hold(giveWay: () => void): () => void;
}

/**
 * The places for jobs of a process. A request has one while it is under way, since a job may come of it. Whoever has waited longest gets the next one, so that entries
 * take turns; and who waits while a held request has the last one, gets that.
 */
export class Places {
  readonly #concurrent: () => number;
  /** Handed the place itself, so that nobody who comes later is quicker. */
  readonly #waiting: ((place: Place | null) => void)[] = [];
  /** In the order in which they began. */
  readonly #held = new Set<() => void>();
  readonly #asking = new Set<() => boolean>();
  #taken = 0;
  #jobs = 0;

  /** @param concurrent may change; places that are taken beyond it stay taken until they are given back */
  constructor(concurrent: () => number) {
    this.#concurrent = concurrent;
  }

  /** One more, whatever the limit says: for a job that is here already. @returns how to give it back, once. */
  claim(): () => void {
    const place = this.#take();
    place.begin();
    return () => place.giveBack();
  }

  /** Waits for a place, behind those that wait already. Null: `signal` aborted before there was one. */
  async take(signal: AbortSignal): Promise<Place | null> {
    if (signal.aborted) return null;
    const { promise, resolve } = Promise.withResolvers<Place | null>();
    const end = (): void => {
      const at = this.#waiting.indexOf(resolve);
      if (at >= 0) this.#waiting.splice(at, 1);
      resolve(null);
    };
    signal.addEventListener('abort', end, { once: true });
    this.#waiting.push(resolve);
    this.look();
    if (this.#waiting.includes(resolve)) this.#makeWay();
    const place = await promise;
    signal.removeEventListener('abort', end);
    return place;
  }

  /** @param wants whether this one asks for jobs now @returns how to leave. */
  join(wants: () => boolean): () => void {
    this.#asking.add(wants);
    return () => this.#asking.delete(wants);
  }

  /** Whether there is a place for each that asks, so that nobody waits for one that a held request has. */
  get mayHold(): boolean {
    const asking = [...this.#asking].filter((wants) => wants()).length;
    return this.#concurrent() - this.#jobs >= asking;
  }

  /** There may be more places than before, or fewer. */
  look(): void {
    while (this.#taken < this.#concurrent() && this.#waiting.length > 0) this.#waiting.shift()?.(this.#take());
    for (let over = this.#taken - this.#concurrent(); over > 0; over -= 1) this.#makeWay();
  }

  #take(): Place {
    this.#taken += 1;
    let state: 'asking' | 'job' | 'free' = 'asking';
    return {
      begin: () => {
        if (state !== 'asking') return;
        state = 'job';
        this.#jobs += 1;
      },
      giveBack: () => {
        if (state === 'free') return;
        if (state === 'job') this.#jobs -= 1;
        state = 'free';
        this.#taken -= 1;
        this.look();
      },
      hold: (giveWay) => {
        const way = (): void => giveWay();
        this.#held.add(way);
        return () => this.#held.delete(way);
      },
    };
  }

  #makeWay(): void {
    const [oldest] = this.#held;
    if (oldest === undefined) return;
    this.#held.delete(oldest);
    oldest();
  }
}
