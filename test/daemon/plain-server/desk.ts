import { makePayload, type PayloadChanges } from './payload.ts';
import { PlainJob } from './plain-job.ts';

/** What the server knows: its runner, its queue, its jobs. */
export class Desk {
  /** Of the runner; another one once it was reset, null once it is unregistered. */
  token: string | null;
  readonly registrationToken: string;
  readonly jobs: PlainJob[] = [];
  /** Seconds, `X-GitLab-Trace-Update-Interval` of every answer about a job; null: the header is not there. */
  intervalS: number | null;
  /** Filled in once the server listens. */
  url = '';
  readonly #acceptMs: number;
  #update = 0;
  #waiting = new Set<() => void>();

  /** @param acceptMs after which a job that was handed out, and not accepted, is handed out again */
  constructor(token: string, registrationToken: string, intervalS: number | null, acceptMs: number) {
    [this.token, this.registrationToken, this.intervalS] = [token, registrationToken, intervalS];
    this.#acceptMs = acceptMs;
  }

  /** `X-GitLab-Last-Update`: another one whenever there may be work. */
  get lastUpdate(): string {
    return `lu-${this.#update}`;
  }

  enqueue(changes: PayloadChanges): PlainJob {
    const id = 101 + this.jobs.length;
    const token = `glcbt-64_job${id}`;
    const job = new PlainJob(id, token, makePayload({ id, token, url: this.url }, changes));
    this.jobs.push(job);
    this.hint();
    return job;
  }

  hint(): void {
    this.#update += 1;
    for (const wake of this.#waiting) wake();
  }

  /** The oldest that nobody has, marked as handed out. */
  take(): PlainJob | null {
    const now = Date.now();
    const job = this.jobs.find(
      ({ status, offeredAt }) => status === 'pending' && (offeredAt === null || now - offeredAt > this.#acceptMs),
    );
    if (job === undefined) return null;
    job.offeredAt = now;
    job.handOuts += 1;
    return job;
  }

  /** It never got to a runner: the connection was gone. */
  putBack(job: PlainJob): void {
    job.offeredAt = null;
    this.hint();
  }

  find(id: number | null): PlainJob | undefined {
    return this.jobs.find((job) => job.id === id);
  }

  /** Resolves at the next hint, after `ms`, or when `gone` aborts. */
  async wait(ms: number, gone: AbortSignal): Promise<void> {
    const over = AbortSignal.any([AbortSignal.timeout(ms), gone]);
    const { promise, resolve } = Promise.withResolvers<void>();
    over.addEventListener('abort', () => resolve(), { once: true });
    if (over.aborted) resolve();
    this.#waiting.add(resolve);
    await promise;
    this.#waiting.delete(resolve);
  }
}
