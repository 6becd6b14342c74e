import { type Clock, describeError, errorCode, Failure } from '../../../base/index.ts';
import { pauseBefore } from '../programs/away-clock.ts';
import type { Programs } from '../programs/programs.ts';
import { piecesOf } from '../programs/read-output.ts';
import type { ExecStreams } from '../reach.ts';
import { followProgram } from './follow-program.ts';
import type { StepCopy } from './step-copy.ts';

export interface LogStreamOptions {
  readonly programs: Pick<Programs, 'open'>;
  readonly clock: Pick<Clock, 'sleep' | 'monotonic'>;
  readonly copy: StepCopy;
  /** Of the step, in the place. */
  readonly dir: string;
}

export type StreamEnd =
  /** The line of `exit`. */
  | { readonly kind: 'ended'; readonly line: string }
  | { readonly kind: 'gone' }
  /** No container can be had any more. */
  | { readonly kind: 'lost'; readonly reason: string };

/** Nothing came for so long: the connection is dead. */
const SILENCE_MS = 30_000;
/** Where the copy is so far ahead of its readers it waits for them before it goes on, but not for ever: nobody may be reading. */
const AHEAD_BYTES = 32 * 1024 * 1024;
const AHEAD_MS = 30_000;
const AHEAD_LOOK_MS = 100;
/** What one follower prints, and a bit: more is not from it. */
const LONGEST_BYTES = 80 * 1024 * 1024;
const LONGEST_WORDS = 16 * 1024;
/** A container that cannot be had so often is not to be had. */
const HOPELESS = 5;

/** Copies the log of one step as it grows, over as many connections as it takes, until the step has ended. Runs from `start` to `stop`, and again. */
export class LogStream {
  readonly #options: LogStreamOptions;
  #end: StreamEnd | null = null;
  #readUpTo = 0;
  #stopping: AbortController | null = null;
  #running: Promise<void> = Promise.resolve();
  /** What came could not be kept: this machine's disk is full, say. It is asked for again; the step's end is not lost by it. */
  #isIncomplete = false;

  constructor(options: LogStreamOptions) {
    this.#options = options;
  }

  /** Once it is known, the copy has all of the log. */
  get end(): StreamEnd | null {
    return this.#end;
  }

  start(): void {
    if (this.#stopping !== null || this.#end !== null) return;
    const stopping = new AbortController();
    this.#stopping = stopping;
    this.#running = this.#follow(stopping.signal).finally(() => {
      if (this.#stopping === stopping) this.#stopping = null;
    });
  }

  async stop(): Promise<void> {
    this.#stopping?.abort();
    await this.#running;
    this.#options.copy.close();
  }

  /** Resolves once the end is known, or after so long. */
  async finished(maxMs: number): Promise<void> {
    const over = new AbortController();
    await Promise.race([this.#running, this.#options.clock.sleep(maxMs, over.signal)]);
    over.abort();
  }

  wasRead(upTo: number): void {
    this.#readUpTo = Math.max(this.#readUpTo, upTo);
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const { clock, copy } = this.#options;
    let failures = 0;
    let hopeless = 0;
    while (!signal.aborted && this.#end === null) {
      await this.#untilRead(signal);
      const before = copy.size();
      try {
        failures = (await this.#once(signal)) ? 0 : failures + 1;
      } catch (error) {
        if (!(error instanceof Failure) && errorCode(error) === undefined) throw error;
        failures += 1;
        hopeless = error instanceof Failure && error.code === 'executor_unavailable' ? hopeless + 1 : 0;
        if (hopeless === HOPELESS) this.#end = { kind: 'lost', reason: describeError(error) };
      }
      if (copy.size() > before) failures = Math.min(failures, 1);
      await clock.sleep(pauseBefore(failures), signal);
    }
  }

  async #untilRead(signal: AbortSignal): Promise<void> {
    const { clock, copy } = this.#options;
    const until = clock.monotonic() + AHEAD_MS;
    while (copy.size() - this.#readUpTo > AHEAD_BYTES && clock.monotonic() < until && !signal.aborted)
      await clock.sleep(AHEAD_LOOK_MS, signal);
  }

  /** @returns whether it came to its end; false: it was cut. */
  async #once(signal: AbortSignal): Promise<boolean> {
    const { programs, copy, dir } = this.#options;
    const from = copy.size();
    this.#isIncomplete = false;
    const program = followProgram({ dir, from, wrapper: copy.wrapper() });
    const streams = await programs.open({ what: 'follow', program, as: 'user', signal });
    const silence = setTimeout(() => streams.close(), SILENCE_MS);
    try {
      const heard = () => silence.refresh();
      const [count, words] = await Promise.all([this.#copy(streams, from, heard), hear(streams, heard)]);
      return this.#conclude(count, words);
    } finally {
      clearTimeout(silence);
      streams.close();
    }
  }

  async #copy({ stdout }: ExecStreams, from: number, heard: () => void): Promise<number> {
    let count = 0;
    for await (const chunk of piecesOf(stdout)) {
      heard();
      if (count + chunk.length > LONGEST_BYTES) throw new Failure('reach_cut', 'more than a follower prints');
      this.#write(from + count, chunk);
      count += chunk.length;
    }
    return count;
  }

  #write(offset: number, chunk: Buffer): void {
    try {
      this.#options.copy.write(offset, chunk);
    } catch {
      this.#isIncomplete = true;
    }
  }

  /** Its last words say how much it has printed: a connection that ended early has lost some of it, and is no end. */
  #conclude(count: number, words: string): boolean {
    const { copy } = this.#options;
    const last = words.trimEnd().split('\n').at(-1) ?? '';
    const [, kind, printed, line = ''] = /^(end|gone|more) (\d+) (.*)$/.exec(last) ?? [];
    if (kind === undefined || Number(printed) !== count) return false;
    if (kind === 'end') copy.end(line);
    if (kind === 'end') this.#end = { kind: 'ended', line };
    if (kind === 'gone') this.#end = { kind };
    return !this.#isIncomplete;
  }
}

async function hear({ stderr }: ExecStreams, heard: () => void): Promise<string> {
  let words = '';
  for await (const chunk of piecesOf(stderr)) {
    heard();
    words += chunk.toString('latin1');
    if (words.length > LONGEST_WORDS) throw new Failure('reach_cut', 'more than a follower says');
  }
  return words;
}
