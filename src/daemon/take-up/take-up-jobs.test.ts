import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { AutoClock } from '../../../test/support/auto-clock.ts';
import { payload } from '../../../test/support/jobs/payload.ts';
import { DEFAULT_RUNNER_CONFIG, DEFAULT_RUNNER_ENTRY } from '../config/runner-config.ts';
import { runDaemon } from '../run-daemon.ts';
import { Shutdown } from '../shutdown.ts';

let directory: string;
let server: Server;
let shutdown: Shutdown;
/** Homes that were set aside, each time a result was told. */
let setAside: string[][];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'epilogue-take-up-'));
  shutdown = new Shutdown();
  setAside = [];
  server = createServer(async (request, response) => {
    if ((await text(request)).includes('"state":"success"')) {
      setAside.push(readdirSync(join(directory, 'jobs')).filter((name) => name.endsWith('.unheard')));
      shutdown.tearDown();
    }
    response.writeHead(200, { 'epilogue-version': 'test' }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(directory, { recursive: true });
});

const RESULT = {
  ...{ status: 'success', cause: 'succeeded', failureReason: null, exitCode: 0, artifacts: [] },
  cleanup: { outcome: 'not_owed', attempt: 0 },
};

/** A job that has ended, and of which its server has not heard. */
function leaveEnded(id: number, key: string, url: string): void {
  const home = join(directory, 'jobs', String(id));
  mkdirSync(join(home, 'steps'), { recursive: true });
  const wire = { entry: { key, name: key, url }, hasAdditions: true, boot: null };
  const record = { payload: payload({ id, token: `job ${id}` }), cookie: 'c', environment: {}, shell: null };
  writeFileSync(join(home, 'wire.json'), JSON.stringify({ version: 1, ...wire }));
  writeFileSync(join(home, 'job.json'), JSON.stringify({ version: { major: 1, minor: 1 }, ...record }));
  const moves = [{ move: 'accepted' }, { move: 'finished', result: RESULT }];
  writeFileSync(join(home, 'moves.jsonl'), moves.map((move) => `${JSON.stringify({ at: 1, ...move })}\n`).join(''));
}

it('tells a server how its jobs ended, however many another one does not want to hear of', async () => {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (let id = 1; id <= 20; id += 1) leaveEnded(id, 'away', 'http://127.0.0.1:1');
  leaveEnded(21, 'here', url);
  const here = { ...DEFAULT_RUNNER_ENTRY, key: 'here', name: 'here', url: () => url, token: 'glrt-here' };
  const end = await runDaemon({
    ...{ clock: new AutoClock(Date.now()), directory, shutdown, systemId: 's_1', version: 'test', environment: {} },
    ...{ service: null, refusalEnds: false, isFinishing: true, guardCommand: null },
    config: { ...DEFAULT_RUNNER_CONFIG, entries: [here] },
    executorFor: () => expect.unreachable(),
    log: () => {},
  });
  expect(setAside).toEqual([[]]);
  expect(end.left).toBe(20);
});
