import { closeSync, constants, fstatSync, ftruncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { errorCode, Failure, lendMemory, openRegularFile, setAside } from '../../base/index.ts';
import type { Place } from '../../executors/index.ts';
import { dateLines, type LogStream } from './date-lines.ts';
import type { LogFilter } from './log-filter.ts';
import { formatPosition, type LogPosition, readPosition, START } from './log-position.ts';
import { warningLine } from './sections.ts';

/**
 * A job's log: one spool file, written by this class alone, that holds what the runner says and what the steps print. Whoever wants to see
 * it reads the file; all they are told is how far it has grown.
 *
 * `log.position` says how far it got: so many bytes of the spool are good, and they end after byte `offset` of step `step`.
 * It is rewritten in place after each append. A runner that takes the job over cuts the spool there and reads on from the
 * step's own log, so that a kill at any moment leaves neither a gap nor a repeat.
 *
 * Steps print `limitBytes` in all, what the runner says not counted; beyond that their own logs are cut off, so that they don't fill the disk.
 */
export class JobLog {
  readonly #spool: number;
  readonly #positionFile: number;
  readonly #options: JobLogOptions;
  #position: LogPosition;
  #isClosed = false;

  /** @throws Failure `log_unwritable` */
  constructor(options: JobLogOptions) {
    const known = readPosition(join(options.directory, POSITION_FILE));
    try {
      for (const file of [LOG_FILE, POSITION_FILE]) setAside(join(options.directory, file));
      const path = (file: string) => join(options.directory, file);
      this.#spool = openRegularFile(path(LOG_FILE), READ_WRITE | constants.O_APPEND, 0o600);
      this.#positionFile = openRegularFile(path(POSITION_FILE), READ_WRITE, 0o600);
    } catch (cause) {
      throw new Failure('log_unwritable', `cannot open the job log in ${options.directory} (${errorCode(cause)})`, {
        cause,
      });
    }
    this.#options = options;
    const size = fstatSync(this.#spool).size;
    // What is there is kept; steps are read from their beginning again.
    this.#position = known ?? { ...START, spool: size };
    this.mayRepeat = known === null && size > 0;
    if (size > this.#position.spool) ftruncateSync(this.#spool, this.#position.spool);
    this.lostBytes = Math.max(0, this.#position.spool - size);
    if (this.lostBytes > 0) this.#position = { ...this.#position, spool: size };
    options.onGrowth(this.#position.spool);
  }

  /** The position was damaged, or is not there: what is in the spool may come once more. */
  readonly mayRepeat: boolean;

  /** Bytes that a crash of the whole machine took from the spool; 0 after a mere kill. */
  readonly lostBytes: number;

  /** The step whose output was shipped last; a step that is shipped already needs no second heading. */
  get step(): string | null {
    return this.#position.step;
  }

  get sizeBytes(): number {
    return this.#position.spool;
  }

  /** What the current step prints now is dropped. */
  get isFull(): boolean {
    return this.#position.isCut;
  }

  /** What steps printed beyond the limit. */
  get droppedBytes(): number {
    return this.#position.dropped;
  }

  /** Words of the runner's own quote paths, names and messages, which may hold what must not be seen. */
  masked(text: string): string {
    return Buffer.from(this.#options.filter(Buffer.from(text), true).out).toString();
  }

  /** Appends words of the runner's own, masked. @throws Failure `log_unwritable` */
  write(text: string): void {
    this.#append(Buffer.from(this.masked(text)), {});
  }

  /**
   * Begins a step's part with its heading. `leastBytes`: may be printed by this step even if the ones before it have used up the limit.
   * @throws Failure `log_unwritable`
   */
  beginStep(step: string, heading: string, leastBytes = 0): void {
    const { printed, isCut } = this.#position;
    const allowed = Math.max(this.#options.limitBytes, printed + leastBytes);
    this.#append(Buffer.from(this.masked(heading)), {
      step,
      offset: 0,
      allowed,
      isOver: false,
      isCut: isCut && printed >= allowed,
    });
  }

  /**
   * Ships what the current step has printed since last time, but no more than a turn's worth and nothing after `signal` has aborted.
   * `isEnd`: the step has ended; held-back bytes go out too.
   * @returns whether there may be more.
   * @throws Failure `log_unwritable`; what was not written is shipped next time.
   */
  async ship(place: Place, isEnd: boolean, signal?: AbortSignal): Promise<boolean> {
    const { step } = this.#position;
    if (step === null) return false;
    for (let left = TURN_BYTES; left > 0 && !signal?.aborted; ) {
      const chunkBytes = Math.max(CHUNK_BYTES, this.#options.filter.minimumChunkBytes);
      const consumed = await lendMemory(chunkBytes, (chunk) => this.#shipChunk(place, step, isEnd, chunk));
      if (consumed === 0) return false;
      left -= consumed;
      // Whoever prints as fast as this reads must not keep signals and deadlines from coming in.
      await setImmediate();
    }
    return true;
  }

  /** @returns how many bytes of the step's log were consumed; 0: that was all for now. */
  async #shipChunk(place: Place, step: string, isEnd: boolean, chunk: Buffer): Promise<number> {
    const { offset } = this.#position;
    const end = offset + this.#room();
    this.#countDropped(await place.cutLog(step, end));
    const { isOver, isCut, allowed, dropped } = this.#position;
    const wanted = chunk.subarray(0, Math.min(chunk.length, end - offset));
    const count = wanted.length === 0 ? 0 : await place.readLog(step, offset, wanted);
    const isLast = isEnd && !isOver && count < chunk.length;
    const { out, consumed } = this.#options.filter(wanted.subarray(0, count), isLast);
    if (isOver && !isCut && offset + count === end) {
      // What may be the beginning of a secret goes with the rest.
      const moved = { offset: end, printed: allowed, isCut: true, dropped: dropped + count - consumed };
      this.#append(Buffer.concat([out, Buffer.from(limitWords(this.#options.limitBytes))]), moved, 'step');
      return 0;
    }
    if (consumed === 0) return 0;
    this.#append(out, { offset: offset + consumed, printed: this.#position.printed + consumed }, 'step');
    return isLast ? 0 : consumed;
  }

  /** Drops what the current step has printed and nobody has shipped. */
  async giveUp(place: Place): Promise<void> {
    const { step, offset } = this.#position;
    if (step !== null) this.#countDropped(await place.cutLog(step, offset));
  }

  /** What is written after this is dropped: a place that could not be cleaned goes on to tell of its services. */
  close(): void {
    this.#isClosed = true;
    closeSync(this.#spool);
    closeSync(this.#positionFile);
  }

  #room(): number {
    return Math.max(0, this.#position.allowed - this.#position.printed);
  }

  #countDropped(bytes: number): void {
    if (bytes > 0) this.#append(NOTHING, { isOver: true, dropped: this.#position.dropped + bytes });
  }

  #append(words: Uint8Array, moved: Partial<LogPosition>, stream: LogStream = 'runner'): void {
    // The numbers of its descriptors may be another file's by now.
    if (this.#isClosed) return;
    const { spool: start, isOpen: wasOpen } = this.#position;
    const { now } = this.#options;
    const { bytes, isOpen } =
      now === null ? { bytes: words, isOpen: false } : dateLines({ piece: words, at: now(), stream, isOpen: wasOpen });
    const position = { ...this.#position, ...moved, isOpen, spool: start + bytes.length };
    try {
      for (let done = 0; done < bytes.length; ) done += writeSync(this.#spool, bytes, done);
      writeSync(this.#positionFile, formatPosition(position), 0);
    } catch (cause) {
      // What was written in part is cut off again: the position still says the truth.
      ftruncateSync(this.#spool, start);
      throw new Failure('log_unwritable', `cannot write the job log (${errorCode(cause)})`, { cause });
    }
    this.#position = position;
    if (bytes.length > 0) this.#options.onGrowth(position.spool);
  }
}

function limitWords(limitBytes: number): string {
  const limit = `the scripts have printed more than the limit of ${Math.floor(limitBytes / 1024)} KiB (RUNNER_LOG_LIMIT)`;
  return `\n${warningLine(`${limit}; what they print from here on is dropped, the job goes on`)}`;
}

export const LOG_FILE = 'log';
const POSITION_FILE = 'log.position';
const READ_WRITE = constants.O_RDWR | constants.O_CREAT;
const NOTHING = Buffer.alloc(0);
/** Large, because each chunk costs a move of the position, a search for secrets set up anew and a turn of the event loop. */
const CHUNK_BYTES = 1024 * 1024;
/** After so many bytes whoever ships looks after other things. */
const TURN_BYTES = 4 * 1024 * 1024;

export interface JobLogOptions {
  readonly directory: string;
  readonly filter: LogFilter;
  /** By which its lines are dated, UTC ms; null: they are not. */
  readonly now: (() => number) | null;
  /** So much of what the steps print is kept, before masking. */
  readonly limitBytes: number;
  /** Called with the size of the spool, at first when it is opened, then whenever it has grown. */
  readonly onGrowth: (sizeBytes: number) => void;
}
