import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { realClock } from '../../../base/index.ts';
import { connect } from '../../wire/coordinator.ts';
import { GOOD_RESULT } from '../testing/good-result.ts';
import { reportResult } from './report-job.ts';

let directory: string;
let server: Server;
/** To come, the first one first; then 200. */
let statuses: number[];
/** What was done, in its order. */
let done: unknown[];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'epilogue-report-'));
  writeFileSync(join(directory, 'log'), 'one\n');
  [statuses, done] = [[], []];
  server = createServer(async (request, response) => {
    const { output } = (await json(request)) as { readonly output?: unknown };
    const status = statuses.shift() ?? 200;
    done.push({ status, output });
    response.writeHead(status, { 'job-status': 'running', 'x-gitlab-trace-update-interval': '0' }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(directory, { recursive: true });
});

async function report(isImpatient = false): Promise<string> {
  const over = new AbortController();
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const coordinator = connect({
    url: () => url,
    token: () => 't',
    systemId: 's',
    version: '0',
    executor: 'shell',
    hasAdditions: true,
  });
  const sendLogAgain = async (): Promise<void> => {
    done.push('log');
    if (statuses.length === 0 && isImpatient) over.abort();
  };
  const told = { result: GOOD_RESULT, logFile: join(directory, 'log'), sendLogAgain };
  return await reportResult(
    { coordinator, clock: realClock, warn: () => {} },
    { id: 1, token: 'job' },
    told,
    over.signal,
  );
}

it('says how the job ended and what its log comes to, and sends that again when the coordinator lacks some of it', async () => {
  statuses = [412, 503];
  expect(await report()).toBe('heard');
  const output = { checksum: 'crc32:f817a89f', bytesize: 4 };
  expect(done).toEqual([{ status: 412, output }, 'log', { status: 503, output }, { status: 200, output }]);
});

it('hears that nobody wants its result, and gives up on a coordinator that wants the log for ever', async () => {
  statuses = [403];
  expect(await report()).toBe('refused');
  statuses = [412, 412];
  expect(await report(true)).toBe('unheard');
  const output = { checksum: 'crc32:f817a89f', bytesize: 4 };
  const asked = { status: 412, output };
  expect(done.slice(1)).toEqual([asked, 'log', asked, 'log']);
});

it('says it again to a server that has not done with the log, as soon as that wants it', async () => {
  statuses = [202, 202];
  expect(await report()).toBe('heard');
  expect(done.length).toBe(3);
});

it('sends a log that fits nobody’s three times more, and not for ever', async () => {
  statuses = Array.from({ length: 10 }, () => 412);
  expect(await report()).toBe('refused');
  expect(done.filter((one) => one === 'log').length).toBe(3);
});
