import type { Clock } from '../../base/index.ts';
import type { JobPayload } from '../../protocol/index.ts';
import { createAcquaintance } from './acquaintance.ts';
import { type ArtifactUpload, downloadArtifact, uploadArtifact } from './artifacts.ts';
import { ask, type Request } from './http/ask.ts';
import type { TlsFiles } from './http/secure-agent.ts';
import { openServer, type Server } from './http/server.ts';
import { plainUpdate } from './job-update.ts';
import { type JobVerdict, secondsIn, verdictOf } from './job-verdict.ts';
import { tellUnusable } from './payload/tell-unusable.ts';
import { readWork, type Work } from './read-work.ts';
import type { InfoOptions } from './runner-info.ts';

/** Who asks for work. */
export interface RunnerIdentity extends InfoOptions {
  /** Of the server, without a slash at its end. Asked for at each request: the server may move. */
  readonly url: () => string;
  /** The runner's authentication token; it may be drawn anew. */
  readonly token: () => string;
  /** Tells this process's runner from others under the same token. */
  readonly systemId: string;
  readonly tls?: TlsFiles;
  readonly connectionMaxAgeMs?: number;
  readonly clock?: Clock;
  /** What is known of the server from before. Default: nothing. */
  readonly hasAdditions?: boolean | null;
  /** Told of every answer, whatever it says. */
  readonly onAnswer?: (endpoint: ApiEndpoint, status: number) => void;
}

/** As GitLab's runner calls them in its figures. */
export type ApiEndpoint = 'request_job' | 'update_job' | 'patch_trace';

export interface TraceAnswer {
  readonly verdict: JobVerdict;
  /** Where the server's log ends; null: it did not say. */
  readonly sizeBytes: number | null;
  /** Ms until the next piece is wanted; null: it did not say. */
  readonly intervalMs: number | null;
}

/** `features`: without them no reason but GitLab's oldest is said. */
type Job = Pick<JobPayload, 'id' | 'token'> & Partial<Pick<JobPayload, 'features'>>;
/** `isTraced`: its log shows what its scripts are told, too (`CI_DEBUG_TRACE`). */
type TracedJob = Job & { readonly isTraced?: boolean };

/**
 * GitLab's runner protocol, and our additions to a server that has them. What a report says of phases, teardown and cleanup is left out at one that is known not to have them. Every call has
 * a deadline; answers that say that a server is busy are asked for again a few times, and no answer is an end at once.
 */
export interface Coordinator {
  /** Held by the server for up to a minute when it knows long polls. @throws Failure `coordinator_unreachable` */
  requestJob(lastUpdate: string | null, signal: AbortSignal): Promise<Work>;
  /** `PUT /jobs/:id`. */
  updateJob(job: Job, update: Readonly<Record<string, unknown>>, signal?: AbortSignal): Promise<JobVerdict>;
  /** Bytes of the log from `offset`. */
  appendTrace(
    job: TracedJob,
    offset: number,
    bytes: Uint8Array<ArrayBuffer>,
    signal?: AbortSignal,
  ): Promise<TraceAnswer>;
  /** @throws Failure `coordinator_unreachable`, `artifact_refused` (and why) */
  uploadArtifact(job: Job, upload: ArtifactUpload, signal: AbortSignal): Promise<void>;
  /** The archive of an earlier job into a file. @throws Failure `artifact_refused`, `coordinator_unreachable` */
  downloadArtifact(dependency: Job, path: string, signal: AbortSignal): Promise<void>;
  /** Whether the server has what goes beyond GitLab's protocol; null: nobody knows yet. */
  hasAdditions(): boolean | null;
  /** It is known from before that it has: nothing is to be asked first, and no proxy's page says otherwise. */
  rememberAdditions(): void;
  /** For what else is said to it. */
  readonly server: Server;
}

/** Ours holds a request for 50 s, GitLab's as long as its operator says. */
const REQUEST_MS = 10 * 60_000;
const UPDATE_MS = 30_000;

export function connect(runner: RunnerIdentity): Coordinator {
  const server = openServer(runner);
  const known = createAcquaintance(runner, server);
  const send = async (endpoint: ApiEndpoint, request: Request): Promise<Response> => {
    const answer = await ask(server, request);
    known.note(answer);
    runner.onAnswer?.(endpoint, answer.status);
    return answer;
  };
  const coordinator: Coordinator = {
    server,
    hasAdditions: () => known.hasAdditions(),
    rememberAdditions: () => known.remember(),
    async requestJob(lastUpdate, signal) {
      await known.meet(signal);
      const token = runner.token();
      const said = { info: known.info(), token, system_id: runner.systemId };
      const answer = await send('request_job', {
        method: 'POST',
        path: '/api/v4/jobs/request',
        headers: { Accept: 'application/json', 'Runner-Token': token },
        json: { ...said, ...(lastUpdate === null ? {} : { last_update: lastUpdate }) },
        timeoutMs: REQUEST_MS,
        signal,
        givesLongPauseBack: true,
      });
      const work = await readWork(answer, { now: server.clock.now(), tls: runner.tls ?? null });
      const unusable = work.kind === 'later' ? work.unusable : null;
      if (unusable !== null) await tellUnusable(coordinator, unusable.job, unusable.why, signal);
      return work;
    },
    async updateJob({ id, token, features }, update, signal) {
      await known.meet(signal);
      const hasAdditions = known.hasAdditions();
      // A server of which nobody knows whether it has them does not read what it does not know; one that has them has to hear of the cleanup.
      const said = hasAdditions === false ? plainUpdate(update, features) : update;
      const answer = await send('update_job', {
        method: 'PUT',
        path: `/api/v4/jobs/${id}`,
        headers: { 'Job-Token': token },
        json: { info: known.info(), token, ...said },
        timeoutMs: UPDATE_MS,
        ...(signal === undefined ? {} : { signal }),
      });
      return await verdictOf(answer, { about: update.state === 'running' ? 'running' : 'result', hasAdditions });
    },
    async appendTrace(job, offset, bytes, signal) {
      await known.meet(signal);
      const answer = await send('patch_trace', traceRequest(job, offset, bytes, signal));
      return await readTraceAnswer(answer, known.hasAdditions());
    },
    uploadArtifact: (job, upload, signal) => uploadArtifact(server, job, upload, signal),
    downloadArtifact: (dependency, path, signal) => downloadArtifact(server, dependency, path, signal),
  };
  return coordinator;
}

function traceRequest(
  { id, token, isTraced = false }: TracedJob,
  offset: number,
  bytes: Uint8Array,
  signal?: AbortSignal,
): Request {
  return {
    method: 'PATCH',
    path: `/api/v4/jobs/${id}/trace?debug_trace=${isTraced}`,
    headers: {
      'Content-Range': `${offset}-${offset + bytes.length - 1}`,
      'Content-Type': 'text/plain',
      'Job-Token': token,
    },
    body: bytes,
    timeoutMs: UPDATE_MS,
    ...(signal === undefined ? {} : { signal }),
  };
}

async function readTraceAnswer(answer: Response, hasAdditions: boolean | null): Promise<TraceAnswer> {
  const { headers } = answer;
  return {
    verdict: await verdictOf(answer, { about: 'trace', hasAdditions }),
    sizeBytes: sizeOf(headers.get('range')),
    intervalMs: secondsIn(headers),
  };
}

/** `0-1999`: 2,000 bytes. */
function sizeOf(range: string | null): number | null {
  const match = /^0-(\d{1,15})$/.exec(range ?? '');
  return match === null ? null : Number(match[1]);
}
