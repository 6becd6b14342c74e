import { crc32 } from 'node:zlib';
import type { JobVerdict } from '../job-verdict.ts';
import type { UnusableJob } from './read-payload.ts';

/** Of a coordinator. */
interface Means {
  updateJob(job: UnusableJob, update: Readonly<Record<string, unknown>>, signal?: AbortSignal): Promise<JobVerdict>;
  appendTrace(job: UnusableJob, offset: number, bytes: Uint8Array<ArrayBuffer>, signal?: AbortSignal): Promise<unknown>;
}

/**
 * A job that came in words which nobody can use fails, with the reason in its log, rather than be handed out again and again. Takes it first, as a
 * server wants it. What cannot be told is left: the server hands the job out again.
 */
export async function tellUnusable(
  coordinator: Means,
  job: UnusableJob,
  why: string,
  signal: AbortSignal,
): Promise<void> {
  const words = Buffer.from(`ERROR: Job failed: this runner cannot use what the server says of the job: ${why}\n`);
  const checksum = `crc32:${crc32(words).toString(16).padStart(8, '0')}`;
  const result = { state: 'failed', failure_reason: 'runner_system_failure' };
  try {
    const taken = await coordinator.updateJob(job, { state: 'running' }, signal);
    if (taken.kind !== 'go_on') return;
    await coordinator.appendTrace(job, 0, words, signal);
    const output = { checksum, bytesize: words.length };
    await coordinator.updateJob(job, { ...result, checksum, output }, signal);
  } catch {
    // Whoever asked for the job is told of it in any case.
  }
}
