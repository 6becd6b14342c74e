import type { Client } from './client.ts';

/** Of a runner that knows all of our additions. */
export const FEATURES = {
  variables: true,
  cancelable: true,
  cancel_gracefully: true,
  phases: true,
  cleanup_only: true,
};
const INFO = { name: 'bench', version: '1.0.0', features: FEATURES };
const LINE = `${'x'.repeat(99)}\n`;
const CHUNK = LINE.repeat(10);

/** How many requests `liveOnce` makes of a coordinator that has a job to hand out. */
export const REQUESTS_A_JOB = 8;

/** A job's whole life as its runner sees it: handed out, three phases, three pieces of log, the result. */
export async function liveOnce(client: Client, runnerToken: string, systemId: string): Promise<void> {
  const { id, token } = await takeJob(client, runnerToken, systemId);
  const put = async (update: object): Promise<void> => {
    const body = JSON.stringify({ token, info: INFO, ...update });
    await client.call({ method: 'PUT', path: `/api/v4/jobs/${id}`, headers: { 'job-token': token }, body });
  };
  await put({ state: 'running' });
  await put({ state: 'running', phase: 'script' });
  for (let piece = 0; piece < 3; piece++) {
    const range = `${piece * CHUNK.length}-${(piece + 1) * CHUNK.length - 1}`;
    const headers = { 'job-token': token, 'content-type': 'text/plain', 'content-range': range };
    await client.call({ method: 'PATCH', path: `/api/v4/jobs/${id}/trace`, headers, body: CHUNK });
  }
  await put({ state: 'running', phase: 'teardown', teardown: { cause: 'succeeded' } });
  const cleanup = { outcome: 'succeeded', attempt: 1, exit_code: 0, duration: 0.1 };
  await put({ state: 'success', exit_code: 0, teardown: { cause: 'succeeded', exit_code: 0 }, cleanup });
}

export interface Taken {
  readonly id: number;
  readonly token: string;
}

/** @throws when there is none */
export async function takeJob(client: Client, runnerToken: string, systemId: string): Promise<Taken> {
  const asked = JSON.stringify({ token: runnerToken, system_id: systemId, info: INFO });
  const { status, text } = await client.call({ method: 'POST', path: '/api/v4/jobs/request', body: asked });
  if (status !== 201) throw new Error(`there was no job: ${status}`);
  return JSON.parse(text) as Taken;
}
