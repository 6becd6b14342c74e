import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeError } from '../../base/index.ts';
import { makeKey, openDiskStore } from '../../blobs/index.ts';
import { type ReceivedFile, receiveFile } from './receive-file.ts';

const MOST_BYTES = 1_000;
const HEAD =
  'POST / HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 100000\r\n\r\n';
const part = (name: string, file: string): string =>
  `--b\r\nContent-Disposition: form-data; name="${name}"; filename="${file}"\r\n\r\n`;
const FILE = part('file', 'a.zip');

const directory = mkdtempSync(join(tmpdir(), 'epilogue-receive-'));
let server: Server;
const blobs = openDiskStore({ root: directory });
/** Where the one request of a test has got to. */
let reached: Readonly<Record<'begun' | 'found' | 'over', PromiseWithResolvers<void>>>;
/** What the server waits for before it goes on. */
let gates: Readonly<Record<'read' | 'answer', PromiseWithResolvers<void>>>;
let outcome: Promise<string>;
/** A put may end after the request that it was for: the directory goes last. */
const storing: Promise<void>[] = [];
const unhandled: string[] = [];
const note = (error: unknown): void => void unhandled.push(describeError(error));

beforeAll(async () => {
  process.on('uncaughtException', note);
  process.on('unhandledRejection', note);
  server = createServer(async (request, response) => {
    request.once('data', () => reached.begun.resolve());
    outcome = receiveFile(request, (file) => {
      const stored = store(file);
      storing.push(stored);
      return stored;
    }).then(() => 'taken', describeError);
    await outcome;
    reached.over.resolve();
    await gates.answer.promise;
    response.end(await outcome);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
});
afterAll(async () => {
  process.off('uncaughtException', note);
  process.off('unhandledRejection', note);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await Promise.allSettled(storing);
  blobs.close();
  rmSync(directory, { recursive: true });
});
beforeEach(() => {
  unhandled.length = 0;
  reached = { begun: Promise.withResolvers(), found: Promise.withResolvers(), over: Promise.withResolvers() };
  gates = { read: Promise.withResolvers(), answer: Promise.withResolvers() };
});

it.each([
  ['before the form', '--b', 'begun', /gone/],
  ['in the head of the file', FILE.slice(0, 30), 'begun', /gone/],
  ['before anybody reads the file', `${FILE}x`, 'found', /gone/],
  ['in the middle of the file', `${FILE}${'x'.repeat(900)}`, 'begun', /gone/],
  ['once the file was found too large', `${FILE}${'x'.repeat(5_000)}`, 'over', /more than 1000 bytes/],
  ['in another file', `${part('other', 'b')}x`, 'begun', /gone/],
  ['behind the file', `${FILE}x\r\n--b\r\nContent-Disposition: form-data; name="expire_in"\r\n\r\n1`, 'begun', /gone/],
  ['in another file behind it', `${FILE}x\r\n${part('metadata', 'm')}x`, 'begun', /gone/],
] as const)('lives on when a client hangs up %s', async (_when, sent, until, why) => {
  if (until !== 'found') gates.read.resolve();
  const accepted = once(server, 'connection');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  client.on('error', () => {});
  client.write(HEAD + sent);
  const [socket] = await accepted;
  await reached[until].promise;
  const closed = new Promise((resolve) => socket.once('close', resolve));
  client.resetAndDestroy();
  await closed;
  await settled();
  gates.read.resolve();
  gates.answer.resolve();
  expect(await outcome).toMatch(why);
  await settled();
  expect(unhandled).toEqual([]);
});

it.each([
  ['the file', `${FILE}x`],
  ['a file that was found too large', `${FILE}${'x'.repeat(5_000)}`],
  ['another file', `${part('other', 'b')}x`],
  ['another file behind it', `${FILE}x\r\n${part('metadata', 'm')}x`],
])('refuses a form that ends within %s', async (_which, body) => {
  gates.read.resolve();
  gates.answer.resolve();
  const { port } = server.address() as AddressInfo;
  const headers = { 'content-type': 'multipart/form-data; boundary=b' };
  const answer = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', headers, body });
  expect(await answer.text()).toMatch(/unexpected end of multipart|more than 1000 bytes/i);
  await settled();
  expect(unhandled).toEqual([]);
});

async function store({ body, fields }: ReceivedFile): Promise<void> {
  reached.found.resolve();
  await gates.read.promise;
  await blobs.put(makeKey('artifacts', 1, 'a.zip'), body, { maxBytes: MOST_BYTES });
  await fields();
}

/** What streams tell of each other takes a few turns. */
async function settled(): Promise<void> {
  for (let turns = 0; turns < 5; turns += 1) await new Promise((resolve) => setImmediate(resolve));
}
