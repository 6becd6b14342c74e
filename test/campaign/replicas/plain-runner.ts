import { crc32 } from 'node:zlib';
import { pace } from '../../support/pace.ts';
import { type Answered, type Callers, callAny } from './call.ts';
import type { JobEntry, Ledger } from './ledger.ts';

interface Job {
  readonly id: number;
  readonly token: string;
  readonly job_info: { readonly name: string };
  readonly variables: readonly { readonly key: string; readonly value: string }[];
}

const INFO = {
  name: 'plain',
  version: '18.0.0',
  features: { variables: true, return_exit_code: true, cancelable: true, cancel_gracefully: true, trace_reset: true },
};
const CHUNKS = 3;

/** Speaks GitLab's protocol as its runner does, and runs nothing: each job is a few lines of log and a result. Ends when the signal says so and its job is over. */
export async function runPlainRunner(
  callers: Callers,
  { token, name, ledger, signal }: { token: string; name: string; ledger: Ledger; signal: AbortSignal },
): Promise<void> {
  while (!signal.aborted) {
    const job = await requestJob(callers, token, name, signal);
    if (job === null) continue;
    ledger.inHand += 1;
    try {
      await runJob(callers, job, ledger);
    } catch (error) {
      ledger.problems.push(`runner ${name}, job ${job.id}: ${String(error)}`);
    } finally {
      ledger.inHand -= 1;
    }
  }
}

/** One request, not repeated: a job in an answer that was not read is nobody's, and has to come back. */
async function requestJob({ urls }: Callers, token: string, name: string, signal: AbortSignal): Promise<Job | null> {
  const url = urls()[Math.floor(Math.random() * 2)] ?? '';
  try {
    const answer = await fetch(`${url}/api/v4/jobs/request`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token, system_id: name, info: INFO }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(70_000)]),
    });
    if (answer.status === 201) return (await answer.json()) as Job;
    await answer.body?.cancel();
  } catch {
    // Killed, or the test is over.
  }
  await pace(30);
  return null;
}

async function runJob(callers: Callers, job: Job, ledger: Ledger): Promise<void> {
  const pipelineId = Number(job.variables.find(({ key }) => key === 'CI_PIPELINE_ID')?.value);
  const entry = ledger.entryOf(job.id, pipelineId);
  const first = await put(callers, job, { state: 'running' });
  if (first.status === 403) return;
  expectStatus(first, [200], 'PUT running');
  entry.started += 1;
  if (entry.started > 1) ledger.problems.push(`job ${job.id} ran ${entry.started} times`);
  let isCanceled = false;
  for (let chunk = 1; chunk <= CHUNKS && !isCanceled; chunk += 1) {
    await pace(10 + Math.random() * 90);
    isCanceled = (await write(callers, job, entry, `${job.job_info.name} line ${chunk}\n`)) === 'canceling';
  }
  if (isCanceled) await write(callers, job, entry, 'cleaned up\n');
  await finish(callers, job, entry, isCanceled);
}

/** @returns the job's status as the coordinator says it. */
async function write(callers: Callers, job: Job, entry: JobEntry, text: string): Promise<string> {
  const whole = entry.log + text;
  for (;;) {
    const offset = entry.log.length;
    const bytes = whole.slice(offset);
    const answer = await callAny(callers, {
      method: 'PATCH',
      path: `/api/v4/jobs/${job.id}/trace`,
      headers: {
        'job-token': job.token,
        'content-type': 'text/plain',
        'content-range': `${offset}-${offset + bytes.length - 1}`,
      },
      body: bytes,
    });
    expectStatus(answer, [202, 416], `PATCH at ${offset}`);
    const size = Number(/^0-(\d+)$/.exec(answer.headers.get('range') ?? '')?.[1]);
    if (!(size >= offset && size <= whole.length)) throw new Error(`${size} of ${whole.length} bytes after ${offset}`);
    entry.log = whole.slice(0, size);
    if (size === whole.length) return answer.headers.get('job-status') ?? '';
  }
}

async function finish(callers: Callers, job: Job, entry: JobEntry, isCanceled: boolean): Promise<void> {
  // Some fail, for the sake of the ledger.
  const state = isCanceled || job.id % 7 === 0 ? 'failed' : 'success';
  const checksum = `crc32:${crc32(entry.log).toString(16).padStart(8, '0')}`;
  const reason = isCanceled ? 'job_canceled' : 'script_failure';
  const answer = await put(callers, job, {
    state,
    ...(state === 'failed' ? { failure_reason: reason, exit_code: 1 } : { exit_code: 0 }),
    checksum,
    output: { checksum, bytesize: entry.log.length },
  });
  // The first try may have been heard: then the attempt is over, and this says so.
  expectStatus(answer, answer.wasUnsure ? [200, 403] : [200], 'PUT result');
  entry.result = state;
}

function put(callers: Callers, job: Job, update: Readonly<Record<string, unknown>>): Promise<Answered> {
  return callAny(callers, {
    method: 'PUT',
    path: `/api/v4/jobs/${job.id}`,
    headers: { 'job-token': job.token },
    body: JSON.stringify({ token: job.token, info: INFO, ...update }),
  });
}

function expectStatus({ status, text, headers }: Answered, allowed: readonly number[], what: string): void {
  if (allowed.includes(status)) return;
  throw new Error(`${what}: ${status} ${text} (Job-Status ${headers.get('job-status')})`);
}
