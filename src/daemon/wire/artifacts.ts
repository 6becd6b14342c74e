import { createWriteStream, rmSync } from 'node:fs';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Failure } from '../../base/index.ts';
import type { JobPayload } from '../../protocol/index.ts';
import { ask, drop, isPassing } from './http/ask.ts';
import { sendFile } from './http/send-file.ts';
import type { Server } from './http/server.ts';

type Job = Pick<JobPayload, 'id' | 'token'>;

export interface ArtifactUpload {
  readonly path: string;
  readonly type: string;
  readonly format: string;
  readonly expireIn: string | null;
}

const TRANSFER_MS = 3_600_000;

export async function uploadArtifact(
  server: Server,
  { id, token }: Job,
  upload: ArtifactUpload,
  signal: AbortSignal,
): Promise<void> {
  const query = new URLSearchParams({ artifact_format: upload.format, artifact_type: upload.type });
  if (upload.expireIn !== null && upload.expireIn !== '') query.set('expire_in', upload.expireIn);
  const { headers, body } = sendFile(upload.path, basename(upload.path));
  const answer = await ask(server, {
    method: 'POST',
    path: `/api/v4/jobs/${id}/artifacts?${query}`,
    headers: { ...headers, 'Job-Token': token },
    body,
    timeoutMs: TRANSFER_MS,
    signal,
  });
  if (answer.status === 201) return await drop(answer);
  const words = (await answer.text().catch(() => '')).slice(0, 500);
  const code = isPassing(answer.status) ? 'coordinator_unreachable' : 'artifact_refused';
  throw new Failure(code, `the coordinator answers ${answer.status} to the upload of ${upload.type}: ${words}`);
}

export async function downloadArtifact(
  server: Server,
  { id, token }: Job,
  path: string,
  signal: AbortSignal,
): Promise<boolean> {
  const answer = await ask(server, {
    method: 'GET',
    // Where archives lie in an object storage, the server may send us there.
    path: `/api/v4/jobs/${id}/artifacts?direct_download=true`,
    headers: { 'Job-Token': token },
    timeoutMs: TRANSFER_MS,
    signal,
  });
  if (answer.status !== 200 || answer.body === null) {
    await drop(answer);
    if (!isPassing(answer.status)) return false;
    throw new Failure(
      'coordinator_unreachable',
      `the coordinator answers ${answer.status} to the download of artifacts of job ${id}`,
    );
  }
  try {
    await pipeline(Readable.fromWeb(answer.body), createWriteStream(path, { mode: 0o600 }), { signal });
  } catch (cause) {
    rmSync(path, { force: true });
    throw new Failure('coordinator_unreachable', `the download of artifacts of job ${id} broke off`, { cause });
  }
  return true;
}
