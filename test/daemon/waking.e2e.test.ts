import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, it } from 'vitest';
import { waitUntil } from '../support/wait-until.ts';
import { type PlainServer, startPlainServer } from './plain-server/plain-server.ts';
import { RunnerProcess } from './support/runner-process.ts';

const CLOCK = pathToFileURL(join(import.meta.dirname, 'support', 'clock-offset.mjs')).href;
/** Longer than the test: who asks again before has given the first request up. */
const HOLD_MS = 600_000;

let directory: string;
let server: PlainServer;
let runner: RunnerProcess;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'epilogue-waking-'));
  server = await startPlainServer({ holdMs: HOLD_MS });
  writeFileSync(join(directory, 'token'), server.token);
  runner = new RunnerProcess({
    words: [
      ...['--url', server.url, '--token-file', join(directory, 'token'), '--directory', join(directory, 'runner')],
      ...['--concurrent', '2', '--no-guard'],
    ],
    env: {
      ...{ PATH: process.env.PATH ?? '', HOME: directory, TMPDIR: directory, GATE_RUN: process.env.GATE_RUN ?? '' },
      ...{ NODE_OPTIONS: `--import=${CLOCK}`, CLOCK_OFFSET_FILE: join(directory, 'clock') },
    },
  });
});

afterEach(async () => {
  await runner.kill();
  await server.close();
  rmSync(directory, { recursive: true, force: true });
});

it('a runner whose machine was stopped for a while reports on its job and asks for the next one at once', async () => {
  const job = server.enqueue({
    script: [`touch ${directory}/begun; while [ ! -e ${directory}/go ]; do sleep 0.02; done`],
  });
  const requests = (): number => server.requests.filter(({ path }) => path === '/api/v4/jobs/request').length;
  const reports = (): number =>
    server.requests.filter(({ method, job: id }) => method === 'PUT' && id === job.id).length;
  runner.start();
  await waitUntil('the job runs', () => reports() > 0);
  await waitUntil('a request is held', () => server.requests.some(({ json }) => json.last_update !== undefined));
  const before = [reports(), requests()];
  writeFileSync(join(directory, 'clock'), String(3_600_000));
  await runner.untilItSays('was not running for 3600 s, or the clock was set');
  await waitUntil('it has reported', () => reports() > (before[0] ?? 0), 10_000);
  await waitUntil('it has asked anew', () => requests() > (before[1] ?? 0), 10_000);
  writeFileSync(join(directory, 'go'), '');
  await waitUntil('the job has ended', () => job.status === 'success');
});
