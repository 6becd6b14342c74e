import { setTimeout as pause } from 'node:timers/promises';
import { waitUntil } from '../../components/index.ts';
import { type Group, quantile, type Reading } from '../compare.ts';
import { Client } from './client.ts';
import { type Coordinator, startCoordinator } from './coordinator.ts';
import { hold, requestText } from './crowd.ts';
import { FEATURES, takeJob } from './job-life.ts';

const IDLE_RUNNERS = 10_000;
const WATCHERS = 1_000;
const LINES = 100;
const BETWEEN_LINES_MS = 50;
const IDLE_MS = 20_000;
const WAIT_MS = 60_000;

/** What a coordinator carries that does nothing but wait, and what it costs to tell many. */
export const crowds: Group = {
  name: 'serve-crowd',
  about: '`epilogue serve` without a runner, on SQLite',
  comparisons: () => [],
  readings: async () => [...(await idleRunners()), ...(await watchers())],
};

/** Each in a long poll of its own, as a manager of its own. */
async function idleRunners(): Promise<readonly Reading[]> {
  const coordinator = await startCoordinator('SQLite');
  const { server } = coordinator;
  try {
    const alone = { memory: server.residentMb(), ...(await idle(coordinator)) };
    const token = await coordinator.makeRunner([]);
    const body = (at: number): string =>
      JSON.stringify({
        token,
        system_id: `s_${at}`,
        last_update: 'epilogue',
        info: { name: 'bench', version: '1.0.0', features: FEATURES },
      });
    let answered = 0;
    const startedAt = performance.now();
    const ask = { method: 'POST', path: '/api/v4/jobs/request', headers: { 'content-type': 'application/json' } };
    const sockets = await hold(server.url, IDLE_RUNNERS, {
      text: (at) => requestText(server.url, { ...ask, body: body(at) }),
      onData: () => {
        answered++;
      },
    });
    const openMs = performance.now() - startedAt;
    const { percent } = await idle(coordinator);
    const memory = server.residentMb();
    for (const socket of sockets) socket.destroy();
    return [
      {
        name: 'idle, memory',
        value: alone.memory,
        target: 120,
        unit: 'MB',
        note: `${alone.percent.toFixed(2)} % of a core`,
      },
      {
        name: '10,000 idle runners, memory',
        value: memory,
        target: 300,
        unit: 'MB',
        note: `${percent.toFixed(2)} % of a core; connected in ${openMs.toFixed(0)} ms; ${answered} answered`,
      },
    ];
  } finally {
    await coordinator.close();
  }
}

/** Of one growing log. */
async function watchers(): Promise<readonly Reading[]> {
  const coordinator = await startCoordinator('SQLite');
  const { server, rest, token } = coordinator;
  try {
    coordinator.push('watched', 'job: {script: make}\n');
    const before = server.residentMb();
    await rest({ method: 'POST', path: '/projects/root%2Fwatched/pipeline', body: '{"ref":"main"}' });
    const runner = new Client(server.url);
    const job = await takeJob(runner, await coordinator.makeRunner([]), 'bench');
    const sentAt: number[] = [];
    const delays: number[] = [];
    const heard = new Uint32Array(WATCHERS);
    const isOpen = new Uint8Array(WATCHERS);
    const path = `/api/v4/projects/root%2Fwatched/jobs/${job.id}/trace/events?offset=0`;
    const sockets = await hold(server.url, WATCHERS, {
      text: () => requestText(server.url, { method: 'GET', path, headers: { 'private-token': token } }),
      onData(bytes, at) {
        const now = performance.now();
        isOpen[at] = 1;
        for (const [, line] of bytes.toString('latin1').matchAll(/line (\d+);/g)) {
          delays.push(now - (sentAt[Number(line)] ?? Number.NaN));
          heard[at] = (heard[at] ?? 0) + 1;
        }
      },
    });
    // Whoever still waits for the answer to his request watches nothing yet.
    const areOpen = (): boolean => isOpen.every((one) => one === 1);
    await waitUntil(areOpen, { what: 'all watchers have an answer', timeoutMs: WAIT_MS });
    let offset = 0;
    for (let line = 0; line < LINES; line++) {
      const body = `line ${line};\n`;
      const range = `${offset}-${offset + body.length - 1}`;
      offset += body.length;
      sentAt.push(performance.now());
      const headers = { 'job-token': job.token, 'content-type': 'text/plain', 'content-range': range };
      await runner.call({ method: 'PATCH', path: `/api/v4/jobs/${job.id}/trace`, headers, body });
      await pause(BETWEEN_LINES_MS);
    }
    const all = (): boolean => heard.every((count) => count === LINES);
    await waitUntil(all, { what: 'all watchers have heard all lines', timeoutMs: WAIT_MS });
    const memory = server.residentMb();
    for (const socket of sockets) socket.destroy();
    runner.close();
    return [
      {
        name: '1,000 watchers, write → event, p99',
        value: quantile(delays, 0.99),
        target: 100,
        unit: 'ms',
        note: `median ${quantile(delays, 0.5).toFixed(1)}, worst ${quantile(delays, 1).toFixed(1)}; ${memory.toFixed(0)} MB, ${before.toFixed(0)} before`,
      },
    ];
  } finally {
    await coordinator.close();
  }
}

/** What share of a core it takes while nothing happens. */
async function idle({ server }: Coordinator): Promise<{ readonly percent: number }> {
  await pause(2_000);
  const before = server.cpuMs();
  await pause(IDLE_MS);
  return { percent: ((server.cpuMs() - before) / IDLE_MS) * 100 };
}
