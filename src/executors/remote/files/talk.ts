import { type Clock, describeError, Failure, onAbort } from '../../../base/index.ts';
import type { ExecStreams } from '../reach.ts';
import type { ProgramRequest, RemotePrograms } from '../run-program.ts';
import { drained } from './drained.ts';
import { isCut } from './retry.ts';

/** A program that runs in the place, with what it says and takes. */
export interface Talk {
  /** The next piece of its output; null: its end. @throws Failure `reach_cut` (cut, or silent for 60 s), `canceled` */
  next(): Promise<Buffer | null>;
  /** So much that it may lie here until it is taken. */
  feed(bytes: Buffer): void;
  /** Resolves once there is room for more. @throws Failure as `next`; also when the program takes no more, whose end says why */
  write(bytes: Buffer): Promise<void>;
  /** What is left of its output, its exit code and complaint. @throws Failure as `next`, `answer_too_long` (64 KiB) */
  end(): Promise<Ended>;
  /** Gives the connection up, at any time. @param why what calls fail with from then on; unset: `canceled` */
  close(why?: Failure): void;
}

export interface Ended {
  readonly code: number;
  readonly said: string;
  readonly complaint: string;
}

export interface TalkOptions {
  readonly programs: RemotePrograms;
  readonly clock: Clock;
  /** Unset: 60 s. */
  readonly silenceMs?: number;
}

export interface TalkRequest extends Omit<ProgramRequest, 'program'> {
  /** A function: another one for each try. */
  readonly program: string | (() => string);
  readonly signal: AbortSignal;
}

export const SILENCE_MS = 60_000;
const LONGEST_PAUSE_MS = 5_000;
/** Of a complaint, its last ones. */
const COMPLAINT_BYTES = 4096;
/** Of what is left of an answer when its end is waited for. */
const REST_BYTES = 64 * 1024;
/** Somebody may stop the container over and over. */
const MOST_CONTAINERS = 5;

/**
 * Runs a program there. Where nothing answers it is tried anew, for as long as the job's clock lets it.
 * @throws Failure `place_lost`, `container_gone`, `canceled`, `executor_unavailable`
 */
export async function openTalk(
  { programs, clock, silenceMs = SILENCE_MS }: TalkOptions,
  { program, ...request }: TalkRequest,
): Promise<Talk> {
  let gone = 0;
  for (let pauseMs = 100; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    try {
      return talkOver(
        await programs.open({ ...request, program: typeof program === 'string' ? program : program() }),
        silenceMs,
        request.signal,
      );
    } catch (error) {
      if (error instanceof Failure && error.code === 'container_gone') gone += 1;
      else if (!isCut(error)) throw error;
      if (gone >= MOST_CONTAINERS) throw error;
    }
    await clock.sleep(pauseMs, request.signal);
  }
}

function talkOver(streams: ExecStreams, silenceMs: number, signal: AbortSignal): Talk {
  const { stdin, stdout, stderr, code } = streams;
  let why: Failure | null = null;
  let forget = (): void => {};
  const { promise: isOver, reject } = Promise.withResolvers<never>();
  isOver.catch(() => {});
  const complaint = lastOf(stderr);
  const pieces = stdout[Symbol.asyncIterator]();
  stdin.on('error', () => {});

  function giveUp(failure: Failure): void {
    why ??= failure;
    forget();
    streams.close();
    for (const stream of [stdin, stdout, stderr]) stream.destroy();
    reject(why);
  }
  forget = onAbort(signal, () => giveUp(new Failure('canceled', 'it was canceled')));

  /** Whoever waits for the place waits so long at most. */
  async function within<T>(wait: Promise<T>): Promise<T> {
    const words = `nothing was heard for ${silenceMs / 1000} s`;
    const timer = setTimeout(() => giveUp(new Failure('reach_cut', words)), silenceMs);
    try {
      return await wait;
    } catch (error) {
      throw (
        why ?? (error instanceof Failure ? error : new Failure('reach_cut', describeError(error), { cause: error }))
      );
    } finally {
      clearTimeout(timer);
    }
  }

  async function next(): Promise<Buffer | null> {
    const { value, done } = await within(pieces.next());
    // What was given up may look like an end.
    if (why !== null) throw why;
    return done ? null : (value as Buffer);
  }

  return {
    next,
    feed: (bytes) => void stdin.write(bytes),
    async write(bytes) {
      if (!stdin.writable) throw why ?? new Failure('reach_cut', 'it takes no more');
      if (!stdin.write(bytes)) await within(drained(stdin));
    },
    async end() {
      const said = await restOf(next, giveUp);
      const ended = await within(Promise.race([code, isOver]));
      const words = await within(complaint);
      forget();
      stdin.destroy();
      return { code: ended, said, complaint: words };
    },
    close: (reason = new Failure('canceled', 'it was given up')) => giveUp(reason),
  };
}

async function restOf(next: Talk['next'], giveUp: (failure: Failure) => void): Promise<string> {
  const rest: Buffer[] = [];
  let bytes = 0;
  for (let piece = await next(); piece !== null; piece = await next()) {
    rest.push(piece);
    bytes += piece.length;
    if (bytes > REST_BYTES) giveUp(new Failure('answer_too_long', 'the answer does not end'));
  }
  return Buffer.concat(rest).toString();
}

async function lastOf(stream: ExecStreams['stderr']): Promise<string> {
  let last = Buffer.alloc(0);
  try {
    for await (const piece of stream) last = Buffer.concat([last, piece as Buffer]).subarray(-COMPLAINT_BYTES);
  } catch {
    // What was cut has said what it has said.
  }
  return last.toString().trim();
}
