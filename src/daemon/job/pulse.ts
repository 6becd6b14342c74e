import { type Clock, describeError } from '../../base/index.ts';
import type { JobPayload } from '../../protocol/index.ts';
import type { Coordinator } from '../wire/coordinator.ts';
import type { JobVerdict } from '../wire/job-verdict.ts';

/** How a job stands, as our coordinator is told: `phase`, `teardown`, `cleanup`. Nothing of it: the job goes on. */
export type JobState = Readonly<Record<string, unknown>>;

export interface PulseOptions {
  readonly coordinator: Pick<Coordinator, 'updateJob' | 'hasAdditions'>;
  /** What a plain server is told in place of the state: how long the log is, and its checksum. */
  readonly outputOf: () => Promise<JobState>;
  readonly job: Pick<JobPayload, 'id' | 'token'>;
  readonly clock: Clock;
  /** Ms without a word, after which the server is told that the job goes on. Asked each time. */
  readonly silenceMs: () => number;
  /** Told what every answer says of the job. */
  readonly onVerdict: (verdict: JobVerdict) => void;
  readonly warn: (text: string) => void;
}

/** The job is taken up again, by a runner that was or may have been taken for lost: where nobody else has its cleanup, it is this runner's again. */
export const RESUMED: JobState = { resumed: true };

/** An answer that takes longer is not waited for: the lease does not wait, either. */
const REQUEST_MS = 5_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;
/** News wait for so long for others: of a job that is about to end they go with its result, and each report costs the server a commit. */
const GATHER_MS = 100;

/**
 * Keeps a job alive at its server, beside its log and whatever stands in the way of that: says how the job stands, again until that is heard, and then that it goes on
 * whenever it has been silent. Hears with each answer whether it is to end.
 */
export class Pulse {
  readonly #options: PulseOptions;
  readonly #ended = new AbortController();
  readonly #running: Promise<void>;
  #woken = new AbortController();
  #state: JobState = {};
  /** The last state that was heard. */
  #heard = this.#state;
  /** Somebody wants to hear how the server has it, from a request that begins after this. */
  #isAsked = false;
  #pauseMs = 0;
  /** By `monotonic`. */
  #heardAt: number;
  /** When what is to be said now has become news; by `monotonic`. */
  #newSince = 0;

  constructor(options: PulseOptions) {
    this.#options = options;
    this.#heardAt = options.clock.monotonic();
    this.#running = this.#run();
  }

  /** The job stands so from now on; the server hears of it shortly, unless the job ends before. Returns at once. */
  tell(state: JobState): void {
    if (!this.#isNews) this.#newSince = this.#options.clock.monotonic();
    this.#state = { ...this.#state, ...state };
    this.#wake();
  }

  /** Says how it stands at once, so that `onVerdict` hears whether it is to end. Returns at once. */
  ask(): void {
    this.#isAsked = true;
    this.#wake();
  }

  /** The server has answered by another way: it knows that the job goes on. */
  answered(): void {
    this.#heardAt = this.#options.clock.monotonic();
  }

  /** @param last said once more, for whoever may be listening, before it ends; null: nothing */
  async end(last: JobState | null = null): Promise<void> {
    this.#ended.abort();
    await this.#running;
    if (last !== null && !this.#isPlain) await this.#say({ ...this.#state, ...last }).catch(() => {});
  }

  #wake(): void {
    this.#woken.abort();
  }

  async #run(): Promise<void> {
    const { clock } = this.#options;
    while (!this.#ended.signal.aborted) {
      this.#woken = new AbortController();
      const dueInMs = this.#dueInMs();
      if (dueInMs > 0) await this.#rest(dueInMs);
      if (this.#ended.signal.aborted || this.#dueInMs() > 0) continue;
      await this.#beat();
      // Whoever asks meanwhile waits for this, too: an outage is not hurried by that.
      if (this.#pauseMs > 0) await clock.sleep(this.#pauseMs, this.#ended.signal);
    }
  }

  #dueInMs(): number {
    if (this.#isAsked) return 0;
    const { clock } = this.#options;
    const ofNews = this.#isNews ? this.#newSince + GATHER_MS - clock.monotonic() : Number.POSITIVE_INFINITY;
    return Math.min(ofNews, this.#silentForMs());
  }

  get #isNews(): boolean {
    return this.#heard !== this.#state && !this.#isPlain;
  }

  /** It would not know what to do with the state. */
  get #isPlain(): boolean {
    return this.#options.coordinator.hasAdditions() === false;
  }

  #silentForMs(): number {
    return this.#heardAt + this.#options.silenceMs() - this.#options.clock.monotonic();
  }

  async #rest(ms: number): Promise<void> {
    await this.#options.clock.sleep(ms, AbortSignal.any([this.#woken.signal, this.#ended.signal]));
  }

  async #beat(): Promise<void> {
    const { job, warn, onVerdict } = this.#options;
    const said = this.#state;
    const wasAsked = this.#isAsked;
    this.#isAsked = false;
    try {
      const answer = await this.#say(said);
      if (answer.kind === 'later') throw new Error('the server cannot say now');
      if (answer.kind === 'offered' && said.resumed !== true) return this.tell(RESUMED);
      // Somebody else has it by now.
      const verdict: JobVerdict = answer.kind === 'offered' ? { ...answer, kind: 'gone' } : answer;
      this.#heard = said;
      this.#pauseMs = 0;
      this.answered();
      if (verdict.kind === 'gone') this.#ended.abort();
      onVerdict(verdict);
    } catch (error) {
      this.#isAsked ||= wasAsked;
      if (this.#pauseMs === 0 && !this.#ended.signal.aborted)
        warn(`job ${job.id}: its word waits: ${describeError(error)}`);
      this.#pauseMs = Math.min(Math.max(FIRST_PAUSE_MS, this.#pauseMs * 2), LONGEST_PAUSE_MS);
    }
  }

  async #say(state: JobState): Promise<JobVerdict> {
    const { coordinator, job, outputOf } = this.#options;
    const output = this.#isPlain ? await outputOf() : {};
    const signal = AbortSignal.timeout(REQUEST_MS);
    const once = this.#ended.signal.aborted ? signal : AbortSignal.any([signal, this.#ended.signal]);
    return await coordinator.updateJob(job, { state: 'running', ...state, ...output }, once);
  }
}
