import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { EventStream } from '../live/event-stream.ts';
import { TestClock } from '../testing/test-clock.ts';
import { openTarget, type Target } from './testing/open-target.ts';
import { send } from './testing/send.ts';

/** Who takes nothing for so long is cut off. */
const STALLED_MS = 30_000;
/** A part of a log is 64 KiB, and in JSON a byte of it may take six. */
const MOST_HELD = 6 * 65_536 + 16_384;

let target: Target;
const sockets: Socket[] = [];
beforeAll(async () => {
  target = await openTarget();
}, 60_000);
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});
afterAll(() => target.close());

/** Asks, and then reads nothing of what comes. */
function deaf(port: number, path: string, headers = ''): Socket {
  const socket = connect({ port, host: '127.0.0.1' }).on('error', () => {});
  sockets.push(socket);
  socket.pause();
  socket.write(`GET ${path} HTTP/1.1\r\nhost: ci\r\n${headers}\r\n`);
  return socket;
}

it('holds one part of a log for a watcher that reads nothing while it grows by 12 MB, and cuts it off', async () => {
  const { project, jobs, tokens, app, parts } = target;
  const asked = once(app.server, 'request');
  const path = `/api/v4/projects/${project.id}/jobs/${jobs.running.id}/trace/events`;
  deaf(target.port, path, `private-token: ${tokens.get('owner')}\r\n`);
  const [, answer] = (await asked) as [unknown, ServerResponse];
  const piece = Buffer.alloc(2_000_000, '\u0001');
  const held: number[] = [];
  for (let at = 0; at < 6; at += 1) {
    const headers = { 'job-token': jobs.running.token, 'content-range': `${5 + at * piece.length}-` };
    const grown = await send(target.port, {
      method: 'PATCH',
      path: `/api/v4/jobs/${jobs.running.id}/trace`,
      headers,
      body: piece,
    });
    expect(grown.status).toBe(202);
    held.push(answer.writableLength);
  }
  // By now the watcher's own machine takes no more for it.
  await vi.waitFor(() => expect(parts.clock.asleep()).toContain(STALLED_MS), { timeout: 20_000 });
  held.push(answer.writableLength);
  expect(held.at(-1)).toBeGreaterThan(0);
  expect(Math.max(...held)).toBeLessThanOrEqual(MOST_HELD);
  const closed = once(answer, 'close');
  parts.clock.pass(STALLED_MS);
  await closed;
  expect(answer.destroyed).toBe(true);
});

it('holds one event of any stream for who reads nothing of it, and cuts it off', async () => {
  const clock = new TestClock(0);
  const gone = new AbortController();
  const event = { event: 'jobs', data: 'x'.repeat(100_000) };
  const told = Promise.withResolvers<{ readonly taken: number; readonly most: number; readonly isHeard: boolean }>();
  const server = createServer(async (_request, answer) => {
    const stream = new EventStream(answer, { clock, gone: gone.signal, version: 'x' });
    let [taken, most] = [0, 0];
    while (await measured(() => stream.send(event))) taken += 1;
    told.resolve({ taken, most, isHeard: await stream.beat() });
    async function measured(tell: () => Promise<boolean>): Promise<boolean> {
      const telling = tell();
      most = Math.max(most, answer.writableLength);
      return await telling;
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    deaf((server.address() as AddressInfo).port, '/');
    await vi.waitFor(() => expect(clock.asleep()).toEqual([STALLED_MS]), { timeout: 20_000 });
    clock.pass(STALLED_MS);
    const { taken, most, isHeard } = await told.promise;
    expect(taken).toBeGreaterThan(0);
    expect(most).toBeLessThan(2 * 100_000);
    expect(isHeard).toBe(false);
  } finally {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
});
