import { fileURLToPath } from 'node:url';
import type { Comparison } from '../compare.ts';
import { type ChildServer, startChild } from './child-server.ts';
import { Client } from './client.ts';
import type { Coordinator } from './coordinator.ts';
import { liveOnce, REQUESTS_A_JOB } from './job-life.ts';
import { logBytes } from './log-bytes.ts';

const TEN_JOBS = 'job: {script: make, parallel: 10}\n';
const MANY = 5_000;
const MANY_JOBS = Array.from(
  { length: MANY / 200 },
  (_, at) => `job${at}: {script: make, tags: [many], parallel: 200}\n`,
).join('');
const JOBS_A_SAMPLE = 200;
const ROUNDS = 7;
const BODY = JSON.stringify({ state: 'running', token: 'x'.repeat(30), info: { name: 'bench', version: '1.0.0' } });

/** A job's life, its cost in a large pipeline, and bytes of log, on this coordinator. */
export async function lifeComparisons(coordinator: Coordinator): Promise<readonly Comparison[]> {
  const floor = await startChild(
    [fileURLToPath(new URL('floor-server.ts', import.meta.url)), coordinator.floorDatabase],
    process.env,
  );
  coordinator.push('ten', TEN_JOBS);
  coordinator.push('many', MANY_JOBS);
  const token = await coordinator.makeRunner([]);
  const lives = [1, 10, 100].map((runners) => oneLife(coordinator, floor, { runners, token }));
  return [
    ...lives,
    largePipeline(coordinator, token, await coordinator.makeRunner(['many'])),
    logBytes(coordinator, floor, { token, project: 'ten' }),
  ];
}

function oneLife(
  coordinator: Coordinator,
  floor: ChildServer,
  { runners, token }: { readonly runners: number; readonly token: string },
): Comparison {
  const { engine, server } = coordinator;
  let perSecond = 0;
  return {
    name: `${engine}, ${runners} runner${runners === 1 ? '' : 's'}`,
    target: 2.5,
    rounds: ROUNDS,
    async ours() {
      await makePipelines(coordinator, 'ten', JOBS_A_SAMPLE / 10);
      const ms = await timed(server.url, runners, (client, name) => liveOnce(client, token, name));
      perSecond = JOBS_A_SAMPLE / (ms / 1000);
      return ms;
    },
    theirs: () =>
      timed(floor.url, runners, async (client) => {
        for (let count = 0; count < REQUESTS_A_JOB; count++)
          await client.call({ method: 'POST', path: '/', body: BODY });
      }),
    note: () => `${perSecond.toFixed(0)} jobs/s in the last round`,
  };
}

/** Jobs of both kinds wait side by side: tags keep their runners apart. */
function largePipeline(coordinator: Coordinator, token: string, tokenOfMany: string): Comparison {
  const { engine, server } = coordinator;
  let left = 0;
  return {
    name: `${engine}, one of ${MANY} jobs`,
    target: 1.2,
    rounds: ROUNDS,
    async ours() {
      if (left < JOBS_A_SAMPLE) {
        await makePipelines(coordinator, 'many', 1);
        left += MANY;
      }
      left -= JOBS_A_SAMPLE;
      return await timed(server.url, 10, (client, name) => liveOnce(client, tokenOfMany, name));
    },
    async theirs() {
      await makePipelines(coordinator, 'ten', JOBS_A_SAMPLE / 10);
      return await timed(server.url, 10, (client, name) => liveOnce(client, token, name));
    },
    note: () => 'against one of ten; ten runners',
  };
}

async function makePipelines({ rest }: Coordinator, project: string, count: number): Promise<void> {
  const body = JSON.stringify({ ref: 'main' });
  for (let made = 0; made < count; made++)
    await rest({ method: 'POST', path: `/projects/root%2F${project}/pipeline`, body });
}

/** Ms of `JOBS_A_SAMPLE` turns of this work, by so many at a time with a connection each. */
async function timed(
  url: string,
  many: number,
  work: (client: Client, name: string) => Promise<void>,
): Promise<number> {
  const clients = Array.from({ length: many }, () => new Client(url));
  let left = JOBS_A_SAMPLE;
  const startedAt = performance.now();
  await Promise.all(
    clients.map(async (client, at) => {
      while (left-- > 0) await work(client, `bench_${at}`);
      client.close();
    }),
  );
  return performance.now() - startedAt;
}
