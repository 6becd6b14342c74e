import { closeSync, constants, fdatasync, readSync } from 'node:fs';
import { promisify } from 'node:util';
import { type Clock, describeError, errorCode, lendMemory, onAbort, openRegularFile } from '../../base/index.ts';
import type { JobPayload } from '../../protocol/index.ts';
import type { SentOffset } from '../journal/sent-offset.ts';
import type { Coordinator } from '../wire/coordinator.ts';
import type { JobVerdict } from '../wire/job-verdict.ts';
import { INTERVAL_MS, type Pace, paceOf } from './pace.ts';

export interface LogShipment {
  /** The log has so many bytes now, all final. Returns at once. */
  grew(sizeBytes: number): void;
  /** Of what it has, the server has not acknowledged so much. */
  readonly waitingBytes: number;
  /** Between two pieces, as the server wants it. */
  readonly intervalMs: number;
  /** Sends what there is at once, so that it is heard how soon the next piece is wanted. Returns at once. */
  ask(): void;
  /** Resolves when the coordinator has all of it, or does not want it, or `over` aborts; ships no more after that. */
  finish(over: AbortSignal): Promise<void>;
}

export interface ShipLogOptions {
  readonly coordinator: Pick<Coordinator, 'appendTrace' | 'hasAdditions'>;
  readonly job: Pick<JobPayload, 'id' | 'token'> & { readonly isTraced?: boolean };
  /** The spool: what is in it up to the size that was told does not change. It is the buffer, so that an outage loses nothing. */
  readonly file: string;
  readonly clock: Clock;
  /** From where it goes on, and what the coordinator has acknowledged. */
  readonly sent: Pick<SentOffset, 'initial' | 'note'>;
  /** Told what every answer says of the job. */
  readonly onVerdict: (verdict: JobVerdict) => void;
  readonly warn: (text: string) => void;
}

const LONGEST_REST_MS = 60_000;
/** Too many open files, no memory: what cannot be opened now may be later. */
const PASSING: readonly string[] = ['EMFILE', 'ENFILE', 'ENOMEM'];
/** What a power cut may take from the spool although the coordinator has it. Each sync costs a commit of the file system, and there are jobs that print all the time. */
const SYNC_EVERY_MS = 1_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 30_000;

const LEAST_PIECE_BYTES = 1024;

function isTooLarge(verdict: JobVerdict): boolean {
  return verdict.kind === 'later' && verdict.status === 413;
}

/**
 * Sends a job's log as it grows, in pieces, from its own offset, and hears with every answer whether the job is to go on. What comes after a silence goes out at
 * once; what comes soon after a piece waits until the interval that the coordinator wants is over, or there is enough for a whole one.
 */
export function shipLog(options: ShipLogOptions): LogShipment {
  return new Shipment(options);
}

class Shipment implements LogShipment {
  readonly #options: ShipLogOptions;
  readonly #finished = new AbortController();
  readonly #unwanted = new AbortController();
  readonly #running: Promise<void>;
  /** Renewed before each turn: what aborts one during it is heard after it. */
  #asked = new AbortController();
  #grown = new AbortController();
  /** Bytes in the spool, and bytes of it that the coordinator has. */
  #size = 0;
  #offset: number;
  #intervalMs = INTERVAL_MS;
  #pauseMs = FIRST_PAUSE_MS;
  #isCut = false;
  /** More at a time is refused: by a proxy before the server, mostly. */
  #mostBytes = Number.POSITIVE_INFINITY;
  /** Bytes that no power cut takes from the spool any more, and when that was seen to (`monotonic`). */
  #synced = { bytes: 0, at: Number.NEGATIVE_INFINITY };

  constructor(options: ShipLogOptions) {
    this.#options = options;
    this.#offset = options.sent.initial;
    this.#running = this.#run().catch((error: unknown) => this.#warn(`is not sent: ${describeError(error)}`));
  }

  grew(sizeBytes: number): void {
    this.#size = Math.max(this.#size, sizeBytes);
    this.#grown.abort();
    if (this.#hasWholePiece()) this.ask();
  }

  get waitingBytes(): number {
    return Math.max(0, this.#size - this.#offset);
  }

  get intervalMs(): number {
    return this.#intervalMs;
  }

  ask(): void {
    this.#asked.abort();
  }

  async finish(over: AbortSignal): Promise<void> {
    this.#finished.abort();
    const { promise: isOver, resolve } = Promise.withResolvers<void>();
    const stopListening = onAbort(over, () => {
      this.#unwanted.abort();
      resolve();
    });
    await Promise.race([this.#running, isOver]);
    stopListening();
  }

  async #run(): Promise<void> {
    // The spool is there once the job says that it has grown.
    while (this.#size === 0 && !this.#finished.signal.aborted) {
      this.#listen();
      await this.#rest();
    }
    if (this.#size === 0) return;
    // At once: a script may remove it, and everything around it.
    const file = await this.#open();
    if (file === null) return;
    try {
      if (this.#pace.firstMs > 0) await this.#sleep(this.#pace.firstMs);
      while (!this.#unwanted.signal.aborted && !(this.#finished.signal.aborted && this.#offset >= this.#size)) {
        this.#listen();
        if (this.#offset >= this.#size) {
          await this.#rest();
          continue;
        }
        const before = this.#offset;
        await this.#turn(file);
        const isBehind = this.#offset > before && this.#hasWholePiece();
        if (!isBehind) await this.#sleep(this.#intervalMs);
      }
    } finally {
      closeSync(file);
    }
  }

  /** Null: nobody wants it any more. */
  async #open(): Promise<number | null> {
    for (let pauseMs = FIRST_PAUSE_MS; !this.#unwanted.signal.aborted; ) {
      try {
        return openRegularFile(this.#options.file, constants.O_RDONLY);
      } catch (error) {
        if (!PASSING.includes(errorCode(error) ?? '')) throw error;
        if (pauseMs === FIRST_PAUSE_MS) this.#warn(`waits: ${describeError(error)}`);
      }
      await this.#options.clock.sleep(pauseMs, this.#unwanted.signal);
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    }
    return null;
  }

  /** Until there is something new to send. */
  async #rest(): Promise<void> {
    await this.#sleep(LONGEST_REST_MS, this.#grown.signal);
  }

  async #sleep(ms: number, ...until: readonly AbortSignal[]): Promise<void> {
    await this.#options.clock.sleep(ms, AbortSignal.any([...until, this.#asked.signal, this.#finished.signal]));
  }

  #listen(): void {
    [this.#asked, this.#grown] = [new AbortController(), new AbortController()];
  }

  get #pace(): Pace {
    return paceOf(this.#options.coordinator.hasAdditions());
  }

  get #pieceBytes(): number {
    return Math.min(this.#pace.chunkBytes, this.#mostBytes);
  }

  #hasWholePiece(): boolean {
    return this.#size - this.#offset >= this.#pieceBytes;
  }

  async #turn(file: number): Promise<void> {
    try {
      await this.#send(file);
      this.#pauseMs = FIRST_PAUSE_MS;
    } catch (error) {
      if (this.#unwanted.signal.aborted) return;
      if (this.#pauseMs === FIRST_PAUSE_MS) this.#warn(`waits: ${describeError(error)}`);
      // Also when the job is over: an outage is not hurried by that.
      await this.#options.clock.sleep(this.#pauseMs, this.#unwanted.signal);
      this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
    }
  }

  async #send(file: number): Promise<void> {
    await this.#sync(file);
    if (this.#hasWholePiece()) await lendMemory(this.#pieceBytes, (memory) => this.#sendFrom(file, memory));
    else await this.#sendFrom(file, Buffer.alloc(this.#size - this.#offset));
  }

  async #sendFrom(file: number, memory: Buffer<ArrayBuffer>): Promise<void> {
    const { coordinator, job, sent } = this.#options;
    const bytesRead = readSync(file, memory, 0, memory.length, this.#offset);
    if (bytesRead === 0) return this.#skip();
    let piece = memory.subarray(0, bytesRead);
    const send = () => coordinator.appendTrace(job, this.#offset, piece, this.#unwanted.signal);
    let answer = await send();
    while (isTooLarge(answer.verdict) && piece.length > LEAST_PIECE_BYTES) {
      this.#mostBytes = piece.length >> 1;
      piece = piece.subarray(0, this.#mostBytes);
      answer = await send();
    }
    this.#note(answer.verdict);
    // Also after a piece that did not fit: the coordinator says how far it has got.
    this.#offset = Math.min(answer.sizeBytes ?? this.#offset + piece.length, this.#size);
    sent.note(this.#offset);
    this.#intervalMs = this.#pace.intervalMs(answer.intervalMs, this.#intervalMs);
  }

  /** After a power cut the spool is not to end before what the coordinator has of it: what is written next would be taken for that. */
  async #sync(file: number): Promise<void> {
    const now = this.#options.clock.monotonic();
    if (this.#synced.bytes >= this.#size || now - this.#synced.at < SYNC_EVERY_MS) return;
    this.#synced = { bytes: this.#size, at: now };
    await promisify(fdatasync)(file);
  }

  /** A script has cut the spool short. What is gone is waited for by nobody; the job goes on, and so does its word. */
  #skip(): void {
    this.#size = this.#offset;
    if (!this.#isCut) this.#warn(`has been cut short by somebody, after ${this.#offset} bytes; the rest is not sent`);
    this.#isCut = true;
  }

  #note(verdict: JobVerdict): void {
    if (verdict.kind === 'later') throw new Error('the coordinator cannot take it now');
    if (verdict.kind === 'gone') this.#unwanted.abort();
    this.#options.onVerdict(verdict);
  }

  #warn(text: string): void {
    this.#options.warn(`job ${this.#options.job.id}: its log ${text}`);
  }
}
