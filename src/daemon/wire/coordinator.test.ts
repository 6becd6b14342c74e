import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Coordinator, connect } from './coordinator.ts';

const JOB = { id: 7, token: 'job' };
const RESULT = { state: 'success', teardown: { cause: 'succeeded' }, cleanup: { outcome: 'succeeded', attempt: 1 } };

let server: Server;
let verify: 'cut' | 'plain';
let told: Record<string, unknown>[];

beforeEach(async () => {
  told = [];
  server = createServer(async (request, response) => {
    const body = JSON.parse(await text(request));
    if (request.method === 'PUT') {
      told.push(body);
      response.writeHead(200, { 'epilogue-version': '1.0.0' }).end();
    } else if (verify === 'cut') request.socket.destroy();
    else response.writeHead(200, { 'content-type': 'application/json' }).end('{"id": 1}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

function open(): Coordinator {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const identity = { url: () => url, token: () => 'glrt-a', systemId: 's_1', version: 'test', executor: 'shell' };
  return connect(identity);
}

it('tells a server that it could not be asked who it is how the cleanup ended: else that would be done again', async () => {
  verify = 'cut';
  expect(await open().updateJob(JOB, RESULT)).toMatchObject({ kind: 'go_on' });
  expect(told).toMatchObject([RESULT]);
});

it('tells a plain server nothing that is not in its protocol', async () => {
  verify = 'plain';
  await open().updateJob(JOB, RESULT);
  expect(told.map(({ cleanup, teardown }) => [cleanup, teardown])).toEqual([[undefined, undefined]]);
});

it('believes what an earlier process knew, whoever answers in the name of the server now', async () => {
  verify = 'plain';
  const coordinator = open();
  coordinator.rememberAdditions();
  await coordinator.updateJob(JOB, RESULT);
  expect(told).toMatchObject([RESULT]);
});
