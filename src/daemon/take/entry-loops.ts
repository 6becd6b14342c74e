import { isDeepStrictEqual } from 'node:util';
import { type Clock, onAbort } from '../../base/index.ts';
import type { JobPayload } from '../../protocol/index.ts';
import type { RunnerConfig, RunnerEntry } from '../config/runner-config.ts';
import type { Hearing } from '../hearing.ts';
import type { JobContext } from '../job/job-context.ts';
import { EntryLoop, type LoopOptions } from './entry-loop.ts';
import { Fitness } from './fitness.ts';
import type { Places } from './places.ts';

/** An entry at work. It outlives its lines in the file until its last job has ended. */
export interface LiveEntry {
  readonly key: string;
  /** As the file has it now, or had it last. Changes: read it late. */
  readonly current: RunnerEntry;
  readonly context: JobContext;
  readonly events: Hearing;
}

export interface EntryLoopsOptions {
  /** What an entry needs, made once. @param entry as `LiveEntry.current` */
  readonly open: (entry: () => RunnerEntry) => Pick<LiveEntry, 'context' | 'events'>;
  /** Sees a job through; never rejects. Gives its place back as soon as nothing of the job runs any more. */
  readonly run: (live: LiveEntry, payload: JobPayload, giveBack: () => void) => Promise<void>;
  readonly gate: (live: LiveEntry) => LoopOptions['gate'];
  readonly places: Places;
  readonly clock: Clock;
  readonly log: (level: 'info' | 'warn', text: string) => void;
  /** No more jobs, of none. */
  readonly stop: AbortSignal;
  readonly refusalEnds: boolean;
  /** Why no job can be done here now, whoever has one; null: one can. None is asked for until then. */
  readonly whyUnfit: (live: LiveEntry) => string | null;
}

class OpenEntry implements LiveEntry {
  readonly key: string;
  readonly context: JobContext;
  readonly events: Hearing;
  readonly loop: EntryLoop;
  current: RunnerEntry;
  /** Takes jobs until then; null: it does not. */
  stop: AbortController | null = null;

  constructor(entry: RunnerEntry, options: EntryLoopsOptions, checkIntervalMs: () => number) {
    this.key = entry.key;
    this.current = entry;
    const { context, events } = options.open(() => this.current);
    this.context = context;
    this.events = events;
    const { places, clock, refusalEnds, run, gate, whyUnfit } = options;
    const says = { inform: context.inform, warn: context.warn };
    this.loop = new EntryLoop({
      ...{ places, clock, refusalEnds, events, checkIntervalMs },
      entry: () => this.current,
      coordinator: context.coordinator,
      ...says,
      run: (payload, giveBack) => run(this, payload, giveBack),
      gate: gate(this),
      fitness: new Fitness({ whyUnfit: () => whyUnfit(this), name: () => this.current.name, ...says }),
    });
  }
}

/** The loops of all entries, as the settings have them. */
export class EntryLoops {
  readonly #options: EntryLoopsOptions;
  readonly #open = new Map<string, OpenEntry>();
  readonly #ends = new Set<Promise<void>>();
  readonly #failed = Promise.withResolvers<never>();
  #config: RunnerConfig;

  constructor(config: RunnerConfig, options: EntryLoopsOptions) {
    this.#config = config;
    this.#options = options;
    // Whoever waits for the end hears of it; nobody may.
    this.#failed.promise.catch(() => {});
  }

  /** As the settings are now. */
  get config(): RunnerConfig {
    return this.#config;
  }

  get all(): readonly LiveEntry[] {
    return [...this.#open.values()];
  }

  find(key: string): LiveEntry | null {
    return this.#open.get(key) ?? null;
  }

  /** A job of that entry, where it is one, is here already: it counts for its `limit`. @returns how to say that it has ended */
  claim(key: string): () => void {
    return this.#open.get(key)?.loop.claim() ?? (() => {});
  }

  /** From now on it speaks with this one. */
  replaceToken(key: string, drawn: Pick<RunnerEntry, 'token' | 'tokenObtainedAt' | 'tokenExpiresAt'>): void {
    const open = this.#open.get(key);
    if (open !== undefined) open.current = { ...open.current, ...drawn };
  }

  /** New entries begin, gone ones take no more jobs, changed ones go on as they are now. */
  apply(config: RunnerConfig): void {
    this.#config = config;
    const keys = new Set(config.entries.map(({ key }) => key));
    for (const open of this.#open.values()) {
      if (keys.has(open.key) || open.stop === null) continue;
      this.#options.log('info', `${open.current.name} is gone from the settings: it takes no more jobs`);
      open.stop.abort();
      open.stop = null;
    }
    for (const entry of config.entries) this.#take(entry);
    this.#options.places.look();
  }

  /** Resolves when there are to be no more jobs and the last has ended. @throws Failure `runner_refused` */
  async ended(): Promise<void> {
    const { stop } = this.#options;
    const { promise: stopped, resolve } = Promise.withResolvers<void>();
    onAbort(stop, resolve);
    await Promise.race([stopped, this.#failed.promise]);
    while (this.#ends.size > 0) await Promise.race([Promise.all(this.#ends), this.#failed.promise]);
    for (const { events } of this.#open.values()) await events.end();
  }

  #take(entry: RunnerEntry): void {
    const { log, stop } = this.#options;
    let open = this.#open.get(entry.key);
    if (open === undefined) {
      open = new OpenEntry(entry, this.#options, () => this.#config.checkIntervalMs);
      this.#open.set(entry.key, open);
    }
    // The address is a function: a new one each time the file is read.
    const isChanged = !isDeepStrictEqual(comparable(open.current), comparable(entry));
    open.current = entry;
    if (open.stop !== null) {
      if (isChanged) log('info', `${entry.name} has changed: jobs that are taken from now on have the new settings`);
      if (isChanged) open.loop.change();
      return;
    }
    open.stop = new AbortController();
    // One that only finishes what is left asks for none.
    if (!stop.aborted) log('info', `${entry.name} takes jobs of ${entry.url()}`);
    const end = this.#serve(open, AbortSignal.any([stop, open.stop.signal])).finally(() => this.#ends.delete(end));
    this.#ends.add(end);
  }

  /** Never rejects. */
  async #serve(open: OpenEntry, stop: AbortSignal): Promise<void> {
    try {
      await open.loop.ask(stop);
    } catch (error) {
      this.#failed.reject(error);
    }
    await open.loop.ended();
    // It may be back in the file meanwhile.
    if (this.#options.stop.aborted || open.stop !== null || this.#open.get(open.key) !== open) return;
    this.#open.delete(open.key);
    await open.events.end();
  }
}

function comparable({ url, ...others }: RunnerEntry) {
  return { ...others, url: url() };
}
