import { crc32 } from 'node:zlib';

export type PlainStatus = 'pending' | 'running' | 'canceling' | 'canceled' | 'success' | 'failed';

/** The body of a final `PUT`, as far as it counts. */
export interface PlainResult {
  readonly state: 'success' | 'failed';
  readonly failure_reason?: string;
  readonly exit_code?: number;
  readonly checksum?: string;
  readonly output?: { readonly checksum?: string; readonly bytesize?: number };
}

export interface PlainArtifact {
  readonly type: string;
  readonly format: string;
  readonly expireIn: string | null;
  readonly filename: string;
  readonly bytes: Buffer;
}

/** A job as a test sees it. */
export interface JobHandle {
  readonly id: number;
  readonly token: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly status: PlainStatus;
  /** How often it was handed out. */
  readonly handOuts: number;
  /** What the server has of it. */
  log(): Buffer;
  /** The first result that was taken; null: none yet. */
  readonly result: PlainResult | null;
  readonly artifacts: readonly PlainArtifact[];
  /** Graceful: `canceling` from the next answer on; a job that is not accepted yet is `canceled` at once. */
  cancel(): void;
  /** `canceled` at once: from now on every word about it is answered 403 with `Job-Status: canceled`. */
  force(): void;
  /** The server forgets all but the first bytes of the log: the next piece does not fit. */
  loseLog(keptBytes: number): void;
}

export class PlainJob implements JobHandle {
  readonly id: number;
  readonly token: string;
  readonly payload: Readonly<Record<string, unknown>>;
  status: PlainStatus = 'pending';
  handOuts = 0;
  result: PlainResult | null = null;
  readonly artifacts: PlainArtifact[] = [];
  /** When it was handed out, and is not accepted yet; null: it may be handed out. */
  offeredAt: number | null = null;
  #pieces: Buffer[] = [];
  #sizeBytes = 0;

  constructor(id: number, token: string, payload: Readonly<Record<string, unknown>>) {
    this.id = id;
    this.token = token;
    this.payload = payload;
  }

  log(): Buffer {
    const whole = Buffer.concat(this.#pieces);
    this.#pieces = [whole];
    return whole;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Whether a runner may still say something of it. */
  get isActive(): boolean {
    return this.status === 'running' || this.status === 'canceling';
  }

  append(bytes: Buffer): void {
    this.#pieces.push(bytes);
    this.#sizeBytes += bytes.length;
  }

  loseLog(keptBytes: number): void {
    const kept = this.log().subarray(0, keptBytes);
    this.#pieces = [kept];
    this.#sizeBytes = kept.length;
  }

  /** Whether a result fits the log that is here; one that says nothing of it does. */
  fits({ output }: PlainResult): boolean {
    if (output?.checksum === undefined) return true;
    const sum = `crc32:${crc32(this.log()).toString(16).padStart(8, '0')}`;
    return output.checksum === sum && (output.bytesize ?? 0) === this.#sizeBytes;
  }

  /** A job that is canceling ends as canceled, whatever its runner says of it. */
  end(result: PlainResult): void {
    this.result = result;
    this.status = this.status === 'canceling' ? 'canceled' : result.state;
  }

  cancel(): void {
    if (this.status === 'pending') this.status = 'canceled';
    if (this.status === 'running') this.status = 'canceling';
  }

  force(): void {
    if (this.status === 'pending' || this.isActive) this.status = 'canceled';
  }
}
