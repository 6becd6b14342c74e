import { Failure } from '../../base/index.ts';
import type { JobPayload } from '../../protocol/index.ts';
import { type ArtifactUpload, downloadArtifact, uploadArtifact } from './artifacts.ts';
import { ask, drop, type Request } from './ask.ts';
import { FEATURES } from './features.ts';
import { type JobVerdict, verdictOf } from './job-verdict.ts';

/** Who asks for work. */
export interface RunnerIdentity {
  /** Of the coordinator, without a slash at its end. Asked for at each request: the coordinator may move. */
  readonly url: () => string;
  /** The runner's authentication token. */
  readonly token: string;
  /** Tells this process's runner from others under the same token. */
  readonly systemId: string;
  readonly version: string;
  readonly executor: string;
  /** Told of every answer, whatever it says. */
  readonly onAnswer?: (endpoint: ApiEndpoint, status: number) => void;
}

/** As GitLab's runner calls them in its figures. */
export type ApiEndpoint = 'request_job' | 'update_job' | 'patch_trace';

export type Work =
  | ({ readonly kind: 'job'; readonly payload: JobPayload } & AskedAgain)
  | ({ readonly kind: 'none' } & AskedAgain)
  /** The token is nobody's. */
  | { readonly kind: 'refused' };

interface AskedAgain {
  /** To be said back. */
  readonly lastUpdate: string | null;
  /** The coordinator has what goes beyond GitLab's protocol. */
  readonly hasAdditions: boolean;
}

export interface TraceAnswer {
  readonly verdict: JobVerdict;
  /** Where the coordinator's log ends; null: it did not say. */
  readonly sizeBytes: number | null;
  /** Ms until the next piece is wanted; null: it did not say. */
  readonly intervalMs: number | null;
}

type Job = Pick<JobPayload, 'id' | 'token'>;

/** GitLab's runner protocol, as far as one job after the other needs it. Every call has a deadline; none tries twice. */
export interface Coordinator {
  /** Held by the coordinator for up to a minute when it knows long polls. @throws Failure `coordinator_unreachable` */
  requestJob(lastUpdate: string | null, signal: AbortSignal): Promise<Work>;
  /** `PUT /jobs/:id`. */
  updateJob(job: Job, update: Readonly<Record<string, unknown>>, signal?: AbortSignal): Promise<JobVerdict>;
  /** Bytes of the log from `offset`. */
  appendTrace(job: Job, offset: number, bytes: Uint8Array<ArrayBuffer>, signal?: AbortSignal): Promise<TraceAnswer>;
  /** @throws Failure `coordinator_unreachable`, `artifact_refused` (and why) */
  uploadArtifact(job: Job, upload: ArtifactUpload, signal: AbortSignal): Promise<void>;
  /** The archive of an earlier job into a file; false: there is none (any more). @throws Failure `coordinator_unreachable` */
  downloadArtifact(dependency: Job, path: string, signal: AbortSignal): Promise<boolean>;
}

/** The coordinator holds a request for 50 s. */
const REQUEST_MS = 75_000;
const UPDATE_MS = 30_000;

export function connect(runner: RunnerIdentity): Coordinator {
  const { url, token } = runner;
  const info = {
    name: 'epilogue',
    version: runner.version,
    platform: process.platform,
    architecture: process.arch,
    executor: runner.executor,
    features: FEATURES,
  };
  const send = senderOf(runner);
  return {
    async requestJob(lastUpdate, signal) {
      const answer = await send('request_job', {
        method: 'POST',
        path: '/api/v4/jobs/request',
        headers: { 'runner-token': token },
        json: { token, system_id: runner.systemId, info, ...(lastUpdate === null ? {} : { last_update: lastUpdate }) },
        timeoutMs: REQUEST_MS,
        signal,
      });
      return await readWork(answer);
    },
    async updateJob({ id, token: jobToken }, update, signal) {
      const answer = await send('update_job', {
        method: 'PUT',
        path: `/api/v4/jobs/${id}`,
        headers: { 'job-token': jobToken },
        json: { token: jobToken, info, ...update },
        timeoutMs: UPDATE_MS,
        ...(signal === undefined ? {} : { signal }),
      });
      return await verdictOf(answer, update.state !== 'running');
    },
    async appendTrace({ id, token: jobToken }, offset, bytes, signal) {
      const answer = await send('patch_trace', {
        method: 'PATCH',
        path: `/api/v4/jobs/${id}/trace`,
        headers: {
          'job-token': jobToken,
          'content-type': 'text/plain',
          'content-range': `${offset}-${offset + bytes.length - 1}`,
        },
        body: bytes,
        timeoutMs: UPDATE_MS,
        ...(signal === undefined ? {} : { signal }),
      });
      const { headers } = answer;
      return {
        verdict: await verdictOf(answer),
        sizeBytes: sizeOf(headers.get('range')),
        intervalMs: millisecondsOf(headers.get('x-gitlab-trace-update-interval')),
      };
    },
    uploadArtifact: (job, upload, signal) => uploadArtifact(url(), job, upload, signal),
    downloadArtifact: (dependency, path, signal) => downloadArtifact(url(), dependency, path, signal),
  };
}

function senderOf({ url, onAnswer }: RunnerIdentity) {
  return async (endpoint: ApiEndpoint, request: Request): Promise<Response> => {
    const answer = await ask(url(), request);
    onAnswer?.(endpoint, answer.status);
    return answer;
  };
}

async function readWork(answer: Response): Promise<Work> {
  const lastUpdate = answer.headers.get('x-gitlab-last-update');
  const hasAdditions = answer.headers.has('epilogue-version');
  if (answer.status === 201) {
    return { kind: 'job', payload: (await answer.json()) as JobPayload, lastUpdate, hasAdditions };
  }
  await drop(answer);
  if (answer.status === 204) return { kind: 'none', lastUpdate, hasAdditions };
  if (answer.status === 403 || answer.status === 401) return { kind: 'refused' };
  throw new Failure('coordinator_unreachable', `the coordinator answers ${answer.status} when it is asked for work`);
}

/** `0-1999`: 2,000 bytes. */
function sizeOf(range: string | null): number | null {
  const match = /^0-(\d{1,15})$/.exec(range ?? '');
  return match === null ? null : Number(match[1]);
}

function millisecondsOf(seconds: string | null): number | null {
  return seconds !== null && /^\d{1,5}$/.test(seconds) ? Number(seconds) * 1000 : null;
}
