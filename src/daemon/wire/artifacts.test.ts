import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Clock, realClock } from '../../base/index.ts';
import { downloadArtifact, uploadArtifact } from './artifacts.ts';
import { openServer } from './http/server.ts';

type Plan = (response: ServerResponse) => void;

let dir = '';
let http: Server;
let url = '';
/** One a request, in their order; the last one for all that follow. */
let plans: Plan[];
let seen: { line: string; headers: IncomingMessage['headers']; body: string }[];
const clock: Clock = { ...realClock, sleep: async () => {} };
const job = { id: 7, token: 'job-token' };
const NEVER = new AbortController().signal;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'epilogue-artifacts-'));
  seen = [];
  http = createServer(async (request, response) => {
    const body = await text(request);
    const plan = plans.length > 1 ? plans.shift() : plans[0];
    seen.push({ line: `${request.method} ${request.url}`, headers: request.headers, body });
    plan?.(response);
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
});
afterEach(() => {
  http.closeAllConnections();
  http.close();
  rmSync(dir, { recursive: true, force: true });
});

const answer =
  (status: number, body = '', headers: Record<string, string> = {}): Plan =>
  (response) =>
    void response.writeHead(status, headers).end(body);

function upload(): Promise<void> {
  const path = join(dir, 'out.zip');
  writeFileSync(path, 'zipped');
  const server = openServer({ url: () => url, version: '1', clock });
  const what = { path, type: 'archive', format: 'zip', expireIn: '1 day', timeoutMs: 10_000 };
  return uploadArtifact(server, job, what, NEVER);
}

describe('an artifact', () => {
  it('is sent as one file of a form, whose length is not told, and where the server sends it', async () => {
    plans = [answer(307, '', { location: '/elsewhere' }), answer(201)];
    await upload();
    const path = '/api/v4/jobs/7/artifacts?artifact_format=zip&artifact_type=archive&expire_in=1+day';
    expect(seen.map(({ line }) => line)).toEqual([`POST ${path}`, 'POST /elsewhere']);
    expect(seen[1]?.headers).toMatchObject({ 'job-token': 'job-token', 'transfer-encoding': 'chunked' });
    expect(seen[1]?.body).toMatch(/name="file"; filename="out.zip"\r\n.*octet-stream\r\n\r\nzipped\r\n--/);
  });

  // Each of the tries for a server that is busy or broken is five of the transport.
  it.each([
    [403, 1],
    [413, 1],
    [400, 3],
    [500, 15],
    [503, 30],
  ])('that is answered with %i is sent %i times in all', async (status, times) => {
    plans = [answer(status, 'no')];
    await expect(upload()).rejects.toMatchObject({ code: 'artifact_refused', message: expect.stringMatching(/: no$/) });
    expect(seen).toHaveLength(times);
  });

  it('is kept for later when there is no answer', async () => {
    plans = [(response) => response.destroy()];
    await expect(upload()).rejects.toMatchObject({ code: 'coordinator_unreachable' });
  });
});

describe('an archive of an earlier job', () => {
  const path = () => join(dir, '7.zip');
  const download = () => downloadArtifact(openServer({ url: () => url, version: '1', clock }), job, path(), NEVER);

  it('comes from where the server sends us, which is not told our token', async () => {
    const tokens: unknown[] = [];
    const storage = createServer(({ headers }, response) => {
      tokens.push(headers['job-token']);
      response.end('stored');
    });
    await new Promise<void>((resolve) => storage.listen(0, '127.0.0.1', resolve));
    const { port } = storage.address() as AddressInfo;
    plans = [answer(302, '', { location: `http://127.0.0.1:${port}/signed` })];
    await download();
    storage.close();
    expect(readFileSync(path(), 'utf8')).toBe('stored');
    expect(seen.map(({ line }) => line)).toEqual(['GET /api/v4/jobs/7/artifacts?direct_download=true']);
    expect(tokens).toEqual([undefined]);
  });

  it.each([401, 403, 404])('that the server does not give, with %i, is asked for once', async (status) => {
    plans = [answer(status)];
    await expect(download()).rejects.toMatchObject({ code: 'artifact_refused' });
    expect(seen).toHaveLength(1);
  });

  it('that breaks off is asked for again, three times, and is never there in part', async () => {
    const breakOff: Plan = (response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half', () => response.destroy());
    };
    plans = [breakOff];
    await expect(download()).rejects.toMatchObject({ code: 'coordinator_unreachable' });
    expect(seen.map(({ line }) => line.split('/artifacts')[1])).toEqual(['?direct_download=true', '', '']);
    expect([existsSync(path()), existsSync(`${path()}.part`)]).toEqual([false, false]);
    plans = [breakOff, answer(200, 'whole')];
    await download();
    expect(readFileSync(path(), 'utf8')).toBe('whole');
  });
});
