import { type Clock, describeError } from '../../base/index.ts';
import type { TakenResource } from './take-resource.ts';

/** A job that wants a resource group. */
export interface Claimant {
  /** Id of the job. */
  readonly job: number;
  /** For people. */
  readonly name: string;
  readonly key: string;
  /** Tells the job that the group is its own now. */
  readonly grant: () => void;
}

export interface ResourceOptions {
  readonly clock: Clock;
  /** One try, against whoever else there is. */
  readonly take: (job: number, key: string) => Promise<TakenResource>;
  /** Sees to the cleanup of a run that died, or waits for whoever does, until the signal gives it up. */
  readonly recover: (run: number, signal: AbortSignal) => Promise<void>;
  readonly tell: (level: 'info' | 'warning', text: string) => void;
}

/** Somebody else's end cannot be heard of, only seen. */
const LOOK_EVERY_MS = 100;

/**
 * Who holds and who waits for the resource groups of one run: one holder a key, in the order they came, shared with the other runs
 * of the checkout.
 */
export class ResourceGroups {
  readonly #options: ResourceOptions;
  readonly #lines = new Map<string, Line>();
  readonly #seeking = new Set<Promise<void>>();
  readonly #told = new Set<string>();
  readonly #recovered = new Set<number>();

  constructor(options: ResourceOptions) {
    this.#options = options;
  }

  want(claimant: Claimant): void {
    const line = this.#lines.get(claimant.key) ?? { waiting: [], holder: null, search: null };
    this.#lines.set(claimant.key, line);
    line.waiting = [...line.waiting, claimant];
    this.#seek(line);
  }

  /** Of the holder, or of one that waits no longer. */
  giveBack(job: number, key: string): void {
    const line = this.#lines.get(key);
    if (line === undefined) return;
    if (line.holder?.job === job) {
      line.holder.giveBack();
      line.holder = null;
      this.#seek(line);
      return;
    }
    line.waiting = line.waiting.filter((claimant) => claimant.job !== job);
    if (line.waiting.length === 0) line.search?.abort();
  }

  /** Resolves when nothing is under way any more; every job has given its group back by then. */
  async settled(): Promise<void> {
    await Promise.all(this.#seeking);
  }

  #seek(line: Line): void {
    if (line.holder !== null || line.search !== null || line.waiting.length === 0) return;
    const search = new AbortController();
    line.search = search;
    const seeking = this.#seekFor(line, search.signal).finally(() => {
      line.search = null;
      this.#seeking.delete(seeking);
      // Somebody may have come, or another be first, while we were looking the other way.
      this.#seek(line);
    });
    this.#seeking.add(seeking);
  }

  /** Until whoever is first has the group, or nobody wants it any more. */
  async #seekFor(line: Line, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const [first] = line.waiting;
      if (first === undefined) return;
      const taken = await this.#try(first);
      if (taken?.kind === 'taken') {
        if (line.waiting[0] !== first) {
          taken.giveBack();
          continue;
        }
        line.waiting = line.waiting.slice(1);
        line.holder = { job: first.job, giveBack: taken.giveBack };
        first.grant();
        return;
      }
      if (taken?.kind === 'owed') await this.#recoverOnce(taken.by.run, signal);
      await this.#options.clock.sleep(LOOK_EVERY_MS, signal);
    }
  }

  /** What cannot be finished now is told by whoever tried; from then on we only look. */
  async #recoverOnce(run: number, signal: AbortSignal): Promise<void> {
    if (this.#recovered.has(run)) return;
    try {
      await this.#options.recover(run, signal);
    } catch (error) {
      this.#options.tell('warning', `run ${run} could not be recovered: ${describeError(error)}`);
    }
    if (!signal.aborted) this.#recovered.add(run);
  }

  async #try({ job, name, key }: Claimant): Promise<TakenResource | null> {
    try {
      const taken = await this.#options.take(job, key);
      if (taken.kind !== 'taken' && taken.by !== null) {
        const run = `run ${taken.by.run}`;
        const holds = taken.kind === 'held' ? run : `${run}, which was killed and has not cleaned up yet`;
        this.#tellOnce(
          `${job} ${taken.kind}`,
          'info',
          `${name} waits for the resource group '${key}', held by ${holds}`,
        );
      }
      return taken;
    } catch (error) {
      this.#tellOnce(
        `${job}`,
        'warning',
        `${name} cannot have the resource group '${key}' yet: ${describeError(error)}`,
      );
      return null;
    }
  }

  #tellOnce(about: string, level: 'info' | 'warning', text: string): void {
    if (this.#told.has(about)) return;
    this.#told.add(about);
    this.#options.tell(level, text);
  }
}

interface Line {
  waiting: readonly Claimant[];
  holder: { readonly job: number; readonly giveBack: () => void } | null;
  /** Set while we try to have the group. */
  search: AbortController | null;
}
