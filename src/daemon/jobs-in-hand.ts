import { createHash } from 'node:crypto';
import type { JobPayload } from '../protocol/index.ts';
import type { Control } from '../runner/index.ts';
import { cancelJob, dropJob } from './obey.ts';
import type { StopOrder } from './wire/stop-order.ts';

/** One job that is under way here. */
export interface JobInHand {
  readonly control: Control;
  /** Reports on it at once, and so hears how it stands. */
  ask(): void;
  /** Its server is told that nobody speaks for it for so long, and that it goes on. */
  detach(seconds: number): Promise<void>;
}

/** The jobs that a runner has, by the hash of each one's token: that names the attempt, and an old order reaches no newer one. */
export class JobsInHand {
  readonly #jobs = new Map<string, JobInHand>();
  #isHeard = false;

  /** Whether orders come over a stream now: a job in silence need not ask for them as often. */
  get isHeard(): boolean {
    return this.#isHeard;
  }

  get size(): number {
    return this.#jobs.size;
  }

  /** @returns how to take it out again. */
  add({ token }: Pick<JobPayload, 'token'>, job: JobInHand): () => void {
    const key = createHash('sha256').update(token).digest('hex');
    this.#jobs.set(key, job);
    return () => {
      // Another hand-out of the same attempt may have taken its place.
      if (this.#jobs.get(key) === job) this.#jobs.delete(key);
    };
  }

  /** Of what was said while nobody listened, each job finds out by asking. */
  hear(isHeard: boolean): void {
    const wasHeard = this.#isHeard;
    this.#isHeard = isHeard;
    if (wasHeard && !isHeard) this.askAll();
  }

  askAll(): void {
    for (const job of this.#jobs.values()) job.ask();
  }

  ask(key: string): void {
    this.#jobs.get(key)?.ask();
  }

  cancel(key: string, order: StopOrder): void {
    const job = this.#jobs.get(key);
    if (job !== undefined) cancelJob(job.control, order);
  }

  abort(key: string, order: StopOrder): void {
    const job = this.#jobs.get(key);
    if (job !== undefined) dropJob(job.control, order);
  }

  /** Resolves once every server has heard that, or does not answer. */
  async detachAll(seconds: number): Promise<void> {
    await Promise.all(Array.from(this.#jobs.values(), (job) => job.detach(seconds)));
  }

  /** Every one is torn down: the runner was told to stop. */
  interruptAll(): void {
    for (const { control } of this.#jobs.values()) {
      control.interrupt({ cause: 'runner_shutdown', isCancel: false, by: 'runner' });
    }
  }
}
