import { type Clock, describeError, Failure } from '../../base/index.ts';
import type { JobPayload } from '../../protocol/index.ts';
import type { RunnerEntry } from '../config/runner-config.ts';
import type { Hearing } from '../hearing.ts';
import type { Coordinator } from '../wire/coordinator.ts';
import type { Work } from '../wire/read-work.ts';
import { AskingRate } from './asking-rate.ts';
import { Bell, restUntil } from './bell.ts';
import type { Fitness } from './fitness.ts';
import { Health } from './health.ts';
import type { Place, Places } from './places.ts';

export interface LoopOptions {
  /** As the file has it now. */
  readonly entry: () => RunnerEntry;
  readonly checkIntervalMs: () => number;
  readonly coordinator: Pick<Coordinator, 'requestJob'>;
  readonly events: Pick<Hearing, 'hear' | 'expect' | 'expected' | 'woken'>;
  readonly places: Places;
  readonly clock: Clock;
  readonly inform: (text: string) => void;
  readonly warn: (text: string) => void;
  /** Sees a job through; never rejects. It may give its place back before it resolves. */
  readonly run: (payload: JobPayload, giveBack: () => void) => Promise<void>;
  /** Keeps an entry from asking as long as it says so; resolves when it may. Until then it wants no place. */
  readonly gate: { isShut(): boolean; pass(signal: AbortSignal): Promise<void> };
  readonly fitness: Pick<Fitness, 'restMs'>;
  /** A token that is nobody's at the first request ends the process. */
  readonly refusalEnds: boolean;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
const LONGEST_WISH_MS = 60 * 60_000;

/** What comes after a request: how long to rest, and what ends that: other settings always, else word of work, or that and the end of a job. */
interface Next {
  readonly restMs: number;
  readonly endedBy: 'change' | 'word' | 'anything';
}
const AT_ONCE: Next = { restMs: 0, endedBy: 'change' };

/**
 * Asks for the jobs of one entry. Against a server that knows our additions, a request is held as long as there is a place for each entry that asks; where places are short, entries
 * are asked by turns, every `check_interval` and on word of work, so that none waits for a place that another's idle request has.
 */
export class EntryLoop {
  readonly #options: LoopOptions;
  readonly #rate = new AskingRate();
  readonly #health = new Health();
  /** The entry has changed: look again. */
  readonly #changed = new Bell();
  /** A job has ended. */
  readonly #freed = new Bell();
  readonly #jobs = new Set<Promise<void>>();
  #running = 0;
  #asking = 0;
  #lastUpdate: string | null = null;
  #pauseMs = FIRST_PAUSE_MS;
  #hasAnswered = false;

  constructor(options: LoopOptions) {
    this.#options = options;
  }

  /** Jobs that have a place. */
  get running(): number {
    return this.#running;
  }

  /** Resolves once `stop` has aborted and no request is under way; jobs go on. @throws Failure `runner_refused` */
  async ask(stop: AbortSignal): Promise<void> {
    const leave = this.#options.places.join(() => this.#wants(0));
    try {
      while (!stop.aborted) {
        await this.#untilFit(stop);
        const [changed, freed] = [this.#changed.heard, this.#freed.heard];
        const [next] = await Promise.all([this.#turn(stop), this.#spread(stop)]);
        await this.#rest(next, [changed, stop], freed);
      }
    } finally {
      leave();
    }
  }

  /** All jobs that it ever had have ended, those that were taken up included: whoever is told to stop reaches a job by its entry. */
  async ended(): Promise<void> {
    while (this.#jobs.size > 0) await Promise.all(this.#jobs);
  }

  /** One more job has a place here already. @returns how to give that back, once or twice */
  claim(): () => void {
    this.#running += 1;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#jobs.add(promise);
    return () => {
      if (!this.#jobs.delete(promise)) return;
      this.#running -= 1;
      this.#freed.ring();
      resolve();
    };
  }

  /** The entry has changed. */
  change(): void {
    this.#health.reset();
    this.#changed.ring();
  }

  /** @param asking requests that may each bring a job yet */
  #wants(asking = this.#asking): boolean {
    const { clock, gate, entry } = this.#options;
    const { limit } = entry();
    const hasRoom = limit === 0 || this.#running + asking < limit;
    return hasRoom && !gate.isShut() && this.#health.restMs(clock.monotonic()) === 0;
  }

  async #untilFit(stop: AbortSignal): Promise<void> {
    const { clock, gate } = this.#options;
    while (!stop.aborted && !this.#wants()) {
      const ends = [this.#changed.heard, this.#freed.heard, stop];
      if (gate.isShut()) await gate.pass(stop);
      else await restUntil(clock, this.#health.restMs(clock.monotonic()) || LONGEST_WISH_MS, ends);
    }
  }

  /** Further requests beside that one: only while jobs come, and never held. */
  async #spread(stop: AbortSignal): Promise<void> {
    const { entry } = this.#options;
    const { requestConcurrency, settings } = entry();
    const isFixed = settings.featureFlags.FF_USE_ADAPTIVE_REQUEST_CONCURRENCY === false;
    const allowed = isFixed ? requestConcurrency : this.#rate.allowed(requestConcurrency);
    const more = Array.from({ length: allowed - 1 }, async () => {
      while (!stop.aborted && this.#wants() && (await this.#turn(stop, false)) === AT_ONCE);
    });
    await Promise.all(more);
  }

  async #turn(stop: AbortSignal, mayHold = true): Promise<Next> {
    const { places, clock, coordinator, events, fitness } = this.#options;
    const place = await places.take(stop);
    if (place === null) return AT_ONCE;
    // It may have changed while it waited.
    const isWanted = !stop.aborted && this.#wants();
    const unfitMs = isWanted ? fitness.restMs() : 0;
    if (!isWanted || unfitMs > 0) {
      place.giveBack();
      return { restMs: unfitMs, endedBy: 'change' };
    }
    const isHeld = mayHold && places.mayHold;
    const givenWay = new AbortController();
    const letGo = isHeld ? place.hold(() => givenWay.abort()) : () => {};
    const since = clock.monotonic();
    const givenUp = AbortSignal.any([stop, givenWay.signal, events.woken]);
    this.#asking += 1;
    events.expect();
    let work: Work;
    try {
      work = await coordinator.requestJob(isHeld ? this.#lastUpdate : null, givenUp);
    } catch (error) {
      place.giveBack();
      if (givenUp.aborted) return AT_ONCE;
      this.#health.noteOther();
      return this.#pause(describeError(error), null);
    } finally {
      this.#asking -= 1;
      letGo();
    }
    return this.#heed(work, { place, stop, isHeld, since });
  }

  #heed(
    work: Work,
    asked: { readonly place: Place; readonly stop: AbortSignal; readonly isHeld: boolean; readonly since: number },
  ): Next {
    const { entry, events, inform } = this.#options;
    const { place, stop, isHeld, since } = asked;
    if (work.kind === 'job') this.#begin(work.payload, place, stop);
    else place.giveBack();
    if (work.kind === 'refused') return this.#refused();
    this.#health.noteOther();
    if (work.kind === 'later') return this.#pause(work.why, work.retryMs);
    if (this.#pauseMs !== FIRST_PAUSE_MS) inform(`${entry().name}: ${entry().url()} answers again`);
    this.#pauseMs = FIRST_PAUSE_MS;
    this.#hasAnswered = true;
    const { requestConcurrency, strictCheckInterval } = entry();
    this.#rate.note(work.kind, requestConcurrency, work.wasRetried);
    if (work.hasAdditions) events.hear();
    const wasFirst = isHeld && this.#lastUpdate === null && work.lastUpdate !== null && work.hasAdditions;
    this.#lastUpdate = work.lastUpdate;
    if (work.kind === 'job' ? !strictCheckInterval : wasFirst) return AT_ONCE;
    return { restMs: this.#untilTick(since), endedBy: strictCheckInterval ? 'word' : 'anything' };
  }

  /** Requests are a multiple of `check_interval` apart, however long the server has held one. */
  #untilTick(since: number): number {
    const { clock, checkIntervalMs } = this.#options;
    const tick = checkIntervalMs();
    return tick - ((clock.monotonic() - since) % tick);
  }

  #begin(payload: JobPayload, place: Place, stop: AbortSignal): void {
    const { warn, run } = this.#options;
    if (stop.aborted) {
      place.giveBack();
      warn(`job ${payload.id} came when this runner was told to stop: it is left to the next that asks`);
      return;
    }
    place.begin();
    const end = this.claim();
    const giveBack = (): void => {
      place.giveBack();
      end();
    };
    const job = run(payload, giveBack).finally(() => {
      giveBack();
      this.#jobs.delete(job);
    });
    this.#jobs.add(job);
  }

  #refused(): Next {
    const { entry, clock, warn, refusalEnds } = this.#options;
    const { url, name, unhealthyRequestsLimit: limit, unhealthyIntervalMs: intervalMs } = entry();
    if (refusalEnds && !this.#hasAnswered) {
      throw new Failure('runner_refused', `${url()} does not know the token of this runner`);
    }
    const restsNow = this.#health.noteRefusal(clock.monotonic(), { limit, intervalMs });
    const minutes = Math.ceil(intervalMs / 60_000);
    if (restsNow)
      warn(`${name}: ${url()} has refused its token ${limit} times: it is asked again in ${minutes} minutes`);
    else warn(`${name}: ${url()} refuses its token. \`epilogue runner verify\` tells more`);
    return { restMs: this.#options.checkIntervalMs(), endedBy: 'change' };
  }

  #pause(why: string, wishMs: number | null): Next {
    const { warn, entry } = this.#options;
    if (this.#pauseMs === FIRST_PAUSE_MS) warn(`${entry().name}: asks for jobs in vain, and tries again: ${why}`);
    const restMs = wishMs === null ? this.#pauseMs : Math.min(Math.max(wishMs, FIRST_PAUSE_MS), LONGEST_WISH_MS);
    this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
    return { restMs, endedBy: wishMs === null ? 'word' : 'change' };
  }

  async #rest({ restMs, endedBy }: Next, ends: readonly AbortSignal[], freed: AbortSignal): Promise<void> {
    const { clock, events } = this.#options;
    const word = endedBy === 'change' ? [] : [events.expected];
    if (restMs > 0) await restUntil(clock, restMs, [...ends, ...word, ...(endedBy === 'anything' ? [freed] : [])]);
  }
}
