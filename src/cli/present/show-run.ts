import { setImmediate } from 'node:timers/promises';
import type { JobLogGrew, RunEvent } from '../../local/index.ts';
import { TAIL_BYTES } from './log/log-tail.ts';
import { characterStart, readSpool } from './log/read-spool.ts';
import type { Presenter } from './presenter.ts';

const CHUNK_BYTES = 256 * 1024;
/** A log that is shown as fast as it is read must not keep signals and deadlines from coming in. */
const CHUNKS_A_TURN = 4;

/**
 * A run on one side, a reader on the other, and neither waits for the other. What waits here is events, of which a job has a handful:
 * growth of a log is one event however much it was, and the bytes lie in the spool until the reader gets there.
 */
export class RunShow {
  readonly #presenter: Presenter;
  readonly #waiting: RunEvent[] = [];
  /** The growth of each job's log that waits, unless news of the job wait behind it. */
  readonly #growths = new Map<number, Mutable<JobLogGrew>>();
  /** How much of each log was shown. */
  readonly #shown = new Map<number, number>();
  readonly #buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  readonly #isUnseen: () => boolean;
  #showing: Promise<void> | null = null;

  /** `isUnseen`: nobody is there to see a log, so that it need not be read. */
  constructor(presenter: Presenter, isUnseen: () => boolean = () => false) {
    this.#presenter = presenter;
    this.#isUnseen = isUnseen;
  }

  /** Takes an event and returns at once. */
  present(event: RunEvent): void {
    if (event.type === 'job_log_grew') this.#putGrowth(event);
    else {
      if ('job' in event) this.#growths.delete(event.job);
      this.#waiting.push(event);
    }
    if (this.#waiting.length > 0) this.#showing ??= this.#show();
  }

  /** Resolves when all was shown. */
  async close(): Promise<void> {
    while (this.#showing !== null) await this.#showing;
    await this.#presenter.close();
  }

  #putGrowth(event: JobLogGrew): void {
    const waiting = this.#growths.get(event.job);
    if (waiting !== undefined) waiting.sizeBytes = event.sizeBytes;
    // The first only says where this run's part begins.
    else if (!this.#shown.has(event.job)) this.#shown.set(event.job, event.sizeBytes);
    else {
      const growth = { ...event };
      this.#growths.set(event.job, growth);
      this.#waiting.push(growth);
    }
  }

  async #show(): Promise<void> {
    // Not inside the call that tells of an event: whoever tells has better things to do.
    await setImmediate();
    for (let event = this.#waiting.shift(); event !== undefined; event = this.#waiting.shift()) {
      if (event.type !== 'job_log_grew') await this.#presenter.present(event);
      else await this.#showLog(event);
    }
    this.#showing = null;
  }

  async #showLog(event: JobLogGrew): Promise<void> {
    if (this.#growths.get(event.job) === event) this.#growths.delete(event.job);
    const { at, job, name, logFile, sizeBytes } = event;
    const from = this.#shown.get(job) ?? sizeBytes;
    this.#shown.set(job, sizeBytes);
    if (this.#isUnseen()) return;
    let offset = this.#presenter.onlyTails ? Math.max(from, sizeBytes - TAIL_BYTES) : from;
    let isFirst = offset > from;
    let chunks = 0;
    for (const chunk of readSpool(logFile, offset, sizeBytes, this.#buffer)) {
      // Of a jump into the middle of a character the rest is passed over.
      const bytes = isFirst ? chunk.subarray(characterStart(chunk, 0)) : chunk;
      isFirst = false;
      offset += chunk.length;
      await this.#presenter.present({ type: 'job_log', at, job, name, offset: offset - bytes.length, bytes });
      chunks += 1;
      if (chunks % CHUNKS_A_TURN === 0) await setImmediate();
    }
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
