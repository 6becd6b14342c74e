import { closeSync, constants, fstatSync, read } from 'node:fs';
import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';
import { type Clock, describeError, openRegularFile } from '../../../base/index.ts';
import type { Cleanup, JobPayload } from '../../../protocol/index.ts';
import type { JobResult } from '../../../runner/index.ts';
import type { Coordinator } from '../../wire/coordinator.ts';

type Job = Pick<JobPayload, 'id' | 'token'> & Partial<Pick<JobPayload, 'features'>>;

interface Told {
  readonly result: JobResult;
  readonly logFile: string;
  /** From its first byte. */
  readonly sendLogAgain: () => Promise<void>;
}

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 30_000;
/** Until a server that has the result, but not done with the log, is asked again, where it does not say. */
const AGAIN_MS = 3_000;
/** So often the whole log is sent once more. */
const MOST_ROUNDS = 3;

/**
 * Tells the coordinator how a job ended, again and again until it has heard it or does not want to, or `over` aborts. With the length and checksum
 * of the whole log, so that it sees whether it has all of it.
 * @returns `refused`: nobody wants it, or its log fits nobody's; `unheard`: nobody has said anything.
 */
export async function reportResult(
  {
    coordinator,
    clock,
    warn,
  }: { readonly coordinator: Coordinator; readonly clock: Clock; readonly warn: (text: string) => void },
  job: Job,
  { result, logFile, sendLogAgain }: Told,
  over: AbortSignal,
): Promise<'heard' | 'refused' | 'unheard'> {
  const update = { ...resultUpdate(result), ...(await outputOf(logFile)) };
  let rounds = 0;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    let wantedMs: number | null = null;
    try {
      const verdict = await coordinator.updateJob(job, update, over);
      if (verdict.kind === 'gone') return 'refused';
      if (verdict.kind === 'go_on' || verdict.kind === 'cancel') return 'heard';
      if (verdict.kind === 'again') wantedMs = verdict.pauseMs ?? AGAIN_MS;
      if (verdict.kind === 'log_again') {
        // A log that does not fit any more, of a machine that lost its power, never will.
        rounds += 1;
        if (rounds > MOST_ROUNDS) return 'refused';
        await sendLogAgain();
      }
    } catch (error) {
      if (pauseMs === FIRST_PAUSE_MS) warn(`job ${job.id}: its result waits: ${describeError(error)}`);
    }
    if (over.aborted) return 'unheard';
    await clock.sleep(wantedMs ?? pauseMs, over);
  }
}

function resultUpdate({
  status,
  cause,
  failureReason,
  exitCode,
  cleanup,
}: JobResult): Readonly<Record<string, unknown>> {
  return {
    // The protocol has no word for canceled: the coordinator knows that it asked for it.
    state: status === 'success' ? 'success' : 'failed',
    ...(status === 'success' ? {} : { failure_reason: status === 'canceled' ? 'job_canceled' : failureReason }),
    ...(exitCode === null ? {} : { exit_code: exitCode }),
    teardown: { cause, exit_code: exitCode },
    cleanup: cleanupOnWire(cleanup),
  };
}

export function cleanupOnWire({
  outcome,
  exitCode,
  durationMs,
  attempt,
  failedAttempts,
  reason,
}: Cleanup): Readonly<Record<string, unknown>> {
  return {
    outcome,
    attempt,
    ...(exitCode === undefined ? {} : { exit_code: exitCode }),
    ...(durationMs === undefined ? {} : { duration: durationMs / 1000 }),
    ...(failedAttempts === undefined ? {} : { failed_attempts: failedAttempts }),
    ...(reason === undefined ? {} : { reason }),
  };
}

/** `checksum` and `output`, of the whole of it. Absent when the log cannot be read: what it belongs to is worth more. */
export async function outputOf(file: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    const { sum, bytesize } = await sumOf(file);
    const checksum = `crc32:${sum.toString(16).padStart(8, '0')}`;
    return { checksum, output: { checksum, bytesize } };
  } catch {
    return {};
  }
}

const READ_BYTES = 256 * 1024;
const readInto = promisify(read);

/** Into one and the same piece of memory: a stream leaves a new one for each, and a log of a gigabyte 40 MB of them. */
async function sumOf(file: string): Promise<{ readonly sum: number; readonly bytesize: number }> {
  // By its descriptor: a script may have put a pipe there.
  const fd = openRegularFile(file, constants.O_RDONLY);
  try {
    const bytes = Buffer.allocUnsafe(Math.max(1, Math.min(READ_BYTES, fstatSync(fd).size)));
    let [sum, bytesize] = [0, 0];
    for (;;) {
      const { bytesRead } = await readInto(fd, bytes, 0, bytes.length, null);
      if (bytesRead === 0) return { sum, bytesize };
      sum = crc32(bytes.subarray(0, bytesRead), sum);
      bytesize += bytesRead;
    }
  } finally {
    closeSync(fd);
  }
}
