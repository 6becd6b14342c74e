import { insertRunner } from '../../../store/index.ts';
import type { OpenedParts } from '../../testing/open-parts.ts';
import { hashToken } from '../../work/index.ts';
import { NEW_RUNNER } from '../registration/runner-settings.ts';
import type { RunnerAnswer, RunnerTarget } from './serve-runners.ts';

/** What GitLab's runner sets of what counts here. */
export const FOREIGN = {
  cancel_gracefully: true,
  trace_reset: true,
  upload_multiple_artifacts: true,
  artifacts_exclude: true,
  refspecs: true,
  return_exit_code: true,
  multi_build_steps: true,
  fallback_cache_keys: true,
};
export const OURS = { ...FOREIGN, phases: true, cleanup_only: true, event_stream: true, graceful_steps: true };

/** A runner of the instance, straight into the database, and what it would send. */
export interface TestRunner {
  readonly id: number;
  readonly token: string;
  poll(options?: PollOptions): Promise<RunnerAnswer>;
  put(job: TakenJob, body: Readonly<Record<string, unknown>>): Promise<RunnerAnswer>;
  trace(job: TakenJob, start: number, words: string): Promise<RunnerAnswer>;
}

export interface PollOptions {
  readonly lastUpdate?: string;
  readonly signal?: AbortSignal;
  /** `s_1` when left out. */
  readonly systemId?: string;
}

export interface TakenJob {
  readonly id: number;
  readonly token: string;
}

export async function addRunner(
  parts: OpenedParts,
  server: RunnerTarget,
  features: Readonly<Record<string, boolean>> = FOREIGN,
  token = 'glrt-test-runner',
): Promise<TestRunner> {
  const runner = {
    ...NEW_RUNNER,
    kind: 'instance' as const,
    tokenHash: hashToken(token),
    tokenExpiresAt: null,
    createdBy: null,
  };
  const id = await parts.store.write((tx) => insertRunner(tx, runner, []));
  const info = { name: 'gitlab-runner', version: '19.4.0', executor: 'shell', features };
  return {
    id,
    token,
    poll: ({ lastUpdate, signal, systemId = 's_1' } = {}) =>
      server.request('POST', '/api/v4/jobs/request', {
        json: { info, token, system_id: systemId, ...(lastUpdate === undefined ? {} : { last_update: lastUpdate }) },
        ...(signal === undefined ? {} : { signal }),
      }),
    put: (job, body) => server.request('PUT', `/api/v4/jobs/${job.id}`, { json: { info, token: job.token, ...body } }),
    trace: (job, start, words) =>
      server.request('PATCH', `/api/v4/jobs/${job.id}/trace?debug_trace=false`, {
        body: words,
        headers: {
          'job-token': job.token,
          'content-type': 'text/plain',
          'content-range': `${start}-${start + Buffer.byteLength(words) - 1}`,
        },
      }),
  };
}
