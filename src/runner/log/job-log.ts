import { closeSync, constants, fstatSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { errorCode, Failure } from '../../base/index.ts';
import type { Place } from '../../executors/index.ts';
import type { LogFilter } from './log-filter.ts';

/**
 * A job's log: one spool file, written by this class alone, that holds what the runner says and what the steps print.
 *
 * `log.position` says how far it got: so many bytes of the spool are good, and they end after byte `offset` of step `step`.
 * It is rewritten in place after each append. A runner that takes the job over cuts the spool there and reads on from the
 * step's own log, so that a kill at any moment leaves neither a gap nor a repeat.
 */
export class JobLog {
  readonly #spool: number;
  readonly #positionFile: number;
  readonly #filter: LogFilter;
  readonly #chunk: Buffer;
  readonly #onGrowth: (sizeBytes: number) => void;
  #position: LogPosition;

  /** @throws Failure `log_unwritable` */
  constructor(options: JobLogOptions) {
    try {
      this.#spool = openSync(join(options.directory, LOG_FILE), 'a+', 0o600);
      this.#positionFile = openSync(
        join(options.directory, POSITION_FILE),
        constants.O_RDWR | constants.O_CREAT,
        0o600,
      );
    } catch (cause) {
      throw new Failure('log_unwritable', `cannot open the job log in ${options.directory} (${errorCode(cause)})`, {
        cause,
      });
    }
    this.#position = readPosition(join(options.directory, POSITION_FILE));
    this.#filter = options.filter;
    this.#chunk = Buffer.allocUnsafe(Math.max(CHUNK_BYTES, options.filter.minimumChunkBytes));
    this.#onGrowth = options.onGrowth;
    const size = fstatSync(this.#spool).size;
    if (size > this.#position.spool) ftruncateSync(this.#spool, this.#position.spool);
    this.lostBytes = Math.max(0, this.#position.spool - size);
    if (this.lostBytes > 0) this.#position = { ...this.#position, spool: size };
    this.#onGrowth(this.#position.spool);
  }

  /** Bytes that a crash of the whole machine took from the spool; 0 after a mere kill. */
  readonly lostBytes: number;

  /** The step whose output was shipped last; a step that is shipped already needs no second heading. */
  get step(): string | null {
    return this.#position.step;
  }

  get sizeBytes(): number {
    return this.#position.spool;
  }

  /** Appends words of the runner's own. @throws Failure `log_unwritable` */
  write(text: string): void {
    this.#append(Buffer.from(text), {});
  }

  /** Begins a step's part with its heading. @throws Failure `log_unwritable` */
  beginStep(step: string, heading: string): void {
    this.#append(Buffer.from(heading), { step, offset: 0 });
  }

  /**
   * Ships what the current step has printed since last time. `isEnd`: nothing more will come, so held-back bytes go out too.
   * @returns how many bytes of the step's log were consumed.
   * @throws Failure `log_unwritable`; what was not written is shipped next time.
   */
  async ship(place: Place, isEnd: boolean): Promise<number> {
    const { step } = this.#position;
    if (step === null) return 0;
    let total = 0;
    for (let chunks = 1; ; chunks += 1) {
      // A log that grows as fast as it is read must not keep signals and deadlines from coming in.
      if (chunks % CHUNKS_A_TURN === 0) await setImmediate();
      const offset = this.#position.offset;
      const count = await place.readLog(step, offset, this.#chunk);
      if (count === 0) return total;
      const lastChunk = isEnd && count < this.#chunk.length;
      const { out, consumed } = this.#filter(this.#chunk.subarray(0, count), lastChunk);
      if (consumed === 0) return total;
      total += consumed;
      this.#append(out, { offset: offset + consumed });
      if (lastChunk) return total;
    }
  }

  close(): void {
    closeSync(this.#spool);
    closeSync(this.#positionFile);
  }

  #append(bytes: Uint8Array, moved: Partial<LogPosition>): void {
    const start = this.#position.spool;
    const position = { ...this.#position, ...moved, spool: start + bytes.length };
    try {
      for (let done = 0; done < bytes.length; ) done += writeSync(this.#spool, bytes, done);
      writeSync(this.#positionFile, formatPosition(position), 0);
    } catch (cause) {
      // What was written in part is cut off again: the position still says the truth.
      ftruncateSync(this.#spool, start);
      throw new Failure('log_unwritable', `cannot write the job log (${errorCode(cause)})`, { cause });
    }
    this.#position = position;
    if (bytes.length > 0) this.#onGrowth(position.spool);
  }
}

export const LOG_FILE = 'log';
const POSITION_FILE = 'log.position';
/** Larger chunks make larger strings for whoever shows them, and these cost more to collect: 100 MB in 0.66 s, with 256 KiB in 0.8 s. */
const CHUNK_BYTES = 64 * 1024;
const CHUNKS_A_TURN = 16;
/** The position is padded to this, so that each write covers the one before and stays in its block. */
const POSITION_BYTES = 160;

export interface JobLogOptions {
  readonly directory: string;
  readonly filter: LogFilter;
  /** Called with the size of the spool, at first when it is opened, then whenever it has grown. */
  readonly onGrowth: (sizeBytes: number) => void;
}

interface LogPosition {
  readonly spool: number;
  readonly step: string | null;
  readonly offset: number;
}

function formatPosition(position: LogPosition): string {
  return `${JSON.stringify(position).padEnd(POSITION_BYTES - 1)}\n`;
}

function readPosition(path: string): LogPosition {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as LogPosition;
  } catch (error) {
    if (error instanceof SyntaxError || errorCode(error) === 'ENOENT') return { spool: 0, step: null, offset: 0 };
    throw error;
  }
}
