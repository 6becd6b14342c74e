import { createWriteStream, renameSync, rmSync } from 'node:fs';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { describeError, Failure } from '../../base/index.ts';
import type { JobPayload } from '../../protocol/index.ts';
import { ask, drop } from './http/ask.ts';
import { readStart } from './http/read-text.ts';
import { sendFile } from './http/send-file.ts';
import type { Server } from './http/server.ts';

type Job = Pick<JobPayload, 'id' | 'token'>;

export interface ArtifactUpload {
  readonly path: string;
  readonly type: string;
  readonly format: string;
  readonly expireIn: string | null;
  /** Of each try. */
  readonly timeoutMs: number;
}

const FIRST_UPLOAD_PAUSE_MS = 1_000;
const LONGEST_UPLOAD_PAUSE_MS = 5_000;
const UPLOAD_TRIES = 3;
const LONGEST_WORDS = 500;
/** Of a server that says that it is busy. */
const BUSY_TRIES = 6;

/**
 * Hands an artifact over; tries and pauses are those of GitLab's runner.
 * @throws Failure `artifact_refused`: the server has said no, for good or often enough; `coordinator_unreachable`: it has not answered
 */
export async function uploadArtifact(
  server: Server,
  job: Job,
  upload: ArtifactUpload,
  signal: AbortSignal,
): Promise<void> {
  for (let turn = 1; ; turn += 1) {
    const { status, words } = await tryUpload(server, job, upload, signal);
    if (status === 201) return;
    const isFinal = status === 403 || status === 413 || turn >= (status === 503 ? BUSY_TRIES : UPLOAD_TRIES);
    if (isFinal || signal.aborted) {
      const text = `the coordinator answers ${status} to the upload of ${upload.type}: ${words}`;
      throw new Failure('artifact_refused', text);
    }
    const pauseMs = Math.min(FIRST_UPLOAD_PAUSE_MS * 2 ** (turn - 1), LONGEST_UPLOAD_PAUSE_MS);
    await server.clock.sleep(pauseMs, signal);
  }
}

async function tryUpload(
  server: Server,
  { id, token }: Job,
  { path, type, format, expireIn, timeoutMs }: ArtifactUpload,
  signal: AbortSignal,
): Promise<{ readonly status: number; readonly words: string }> {
  const query = new URLSearchParams({ artifact_format: format, artifact_type: type });
  if (expireIn !== null && expireIn !== '') query.set('expire_in', expireIn);
  const { headers, body } = sendFile(path, basename(path));
  const answer = await ask(server, {
    method: 'POST',
    path: `/api/v4/jobs/${id}/artifacts?${query}`,
    headers: { ...headers, 'Job-Token': token },
    body,
    timeoutMs,
    signal,
  });
  const { status } = answer;
  if (status !== 201) {
    const start = await readStart(answer, LONGEST_WORDS).catch(() => null);
    return { status, words: (start?.text ?? '').slice(0, LONGEST_WORDS) };
  }
  await drop(answer);
  return { status, words: '' };
}

const DOWNLOAD_MS = 3_600_000;
const DOWNLOAD_TRIES = 3;
const DOWNLOAD_PAUSE_MS = 1_000;

/**
 * The archive of an earlier job into a file, which is there whole or not at all.
 * @throws Failure `artifact_refused`: the server does not have it, or not for this job; `coordinator_unreachable`
 */
export async function downloadArtifact(
  server: Server,
  dependency: Job,
  path: string,
  signal: AbortSignal,
): Promise<void> {
  for (let turn = 1; ; turn += 1) {
    try {
      return await tryDownload(server, dependency, { path, isDirect: turn === 1 }, signal);
    } catch (error) {
      const isPassing = error instanceof Failure && error.code === 'coordinator_unreachable';
      if (!isPassing || turn >= DOWNLOAD_TRIES || signal.aborted) throw error;
      await server.clock.sleep(DOWNLOAD_PAUSE_MS, signal);
    }
  }
}

async function tryDownload(
  server: Server,
  { id, token }: Job,
  { path, isDirect }: { readonly path: string; readonly isDirect: boolean },
  signal: AbortSignal,
): Promise<void> {
  const answer = await ask(server, {
    method: 'GET',
    // Where archives lie in an object storage, the server may send us there.
    path: `/api/v4/jobs/${id}/artifacts${isDirect ? '?direct_download=true' : ''}`,
    headers: { 'Job-Token': token },
    timeoutMs: DOWNLOAD_MS,
    signal,
  });
  const { status, body } = answer;
  if (status !== 200 || body === null) {
    await drop(answer);
    const code = [401, 403, 404].includes(status) ? 'artifact_refused' : 'coordinator_unreachable';
    throw new Failure(code, `the coordinator answers ${status} to the download of artifacts of job ${id}`);
  }
  const unfinished = `${path}.part`;
  try {
    await pipeline(Readable.fromWeb(body), createWriteStream(unfinished, { mode: 0o600 }), { signal });
    renameSync(unfinished, path);
  } catch (cause) {
    rmSync(unfinished, { force: true });
    const text = `the download of artifacts of job ${id} broke off: ${describeError(cause)}`;
    throw new Failure('coordinator_unreachable', text, { cause });
  }
}
