import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { waitUntil } from '../../components/index.ts';
import type { Comparison, Group, Reading } from '../compare.ts';
import { temporaryDirectory } from '../fixture.ts';
import { type Coordinator, startCoordinator } from '../serve/coordinator.ts';
import { type Floor, startFloor } from './floor.ts';
import { readLatencies } from './latencies.ts';
import { startRunner } from './start-runner.ts';

const JOBS_A_SAMPLE = 64;
const ROUNDS = 5;
const WAIT_MS = 300_000;
const RUNNING = 32;

/** Our runner at our coordinator (SQLite), on one machine; beside it the floor. */
export const runner: Group = {
  name: 'runner',
  about: '`epilogue runner` at `epilogue serve`, shell executor; the floor: `bash` and a request that commits one row',
  async comparisons() {
    const coordinator = await startCoordinator('SQLite');
    const floor = await startFloor(coordinator);
    const all: Comparison[] = [];
    for (const concurrent of [2, 8, 32]) all.push(await throughput(coordinator, floor, concurrent));
    return all;
  },
  async readings() {
    const coordinator = await startCoordinator('SQLite');
    try {
      const floor = await startFloor(coordinator);
      const one = await startRunner(coordinator, { concurrent: 1 });
      const latencies = await readLatencies(coordinator, floor);
      await one.stop();
      return [...latencies, await memory(coordinator)];
    } finally {
      await coordinator.close();
    }
  },
};

/** No-op jobs, each with its sources, from the pipeline's creation to its end. */
async function throughput(coordinator: Coordinator, floor: Floor, concurrent: number): Promise<Comparison> {
  const name = `noop-${concurrent}`;
  coordinator.push(name, JSON.stringify({ job: { script: 'true', parallel: JOBS_A_SAMPLE, tags: [name] } }));
  await startRunner(coordinator, { concurrent, tags: [name] });
  let perSecond = 0;
  return {
    name: `${JOBS_A_SAMPLE} no-op jobs, concurrent ${concurrent}`,
    target: null,
    rounds: ROUNDS,
    async ours() {
      const startedAt = performance.now();
      const id = await startPipeline(coordinator, name);
      await untilStatus(coordinator, { project: name, id, status: 'success' });
      const ms = performance.now() - startedAt;
      perSecond = JOBS_A_SAMPLE / (ms / 1000);
      return ms;
    },
    theirs: () => floor.jobs(JOBS_A_SAMPLE, concurrent),
    note: () => `${perSecond.toFixed(1)} jobs/s in the last round`,
  };
}

/** What the runner's own process takes more for each job that sleeps. */
async function memory(coordinator: Coordinator): Promise<Reading> {
  const dir = temporaryDirectory();
  const wait = `touch ${dir}/began.$CI_JOB_ID; sleep 600`;
  coordinator.push(
    'sleepers',
    JSON.stringify({ first: { script: 'true' }, job: { stage: 'deploy', script: wait, parallel: RUNNING } }),
  );
  const many = await startRunner(coordinator, { concurrent: RUNNING });
  const id = await startPipeline(coordinator, 'sleepers');
  await untilStatus(coordinator, { project: 'sleepers', id, status: 'running' });
  const before = many.residentMb();
  const began = (): number => readdirSync(join(dir)).length;
  await waitUntil(() => began() === RUNNING, { what: `${RUNNING} jobs run`, timeoutMs: WAIT_MS });
  const after = many.residentMb();
  await coordinator.rest({ method: 'POST', path: `/projects/root%2Fsleepers/pipelines/${id}/cancel`, body: '{}' });
  await untilStatus(coordinator, { project: 'sleepers', id, status: 'canceled' });
  await many.stop();
  return {
    name: 'memory a running job',
    value: (after - before) / RUNNING,
    target: null,
    unit: 'MB',
    note: `${RUNNING} jobs: ${after.toFixed(0)} MB, ${before.toFixed(0)} before`,
  };
}

async function startPipeline({ rest }: Coordinator, project: string): Promise<number> {
  const { text } = await rest({ method: 'POST', path: `/projects/root%2F${project}/pipeline`, body: '{"ref":"main"}' });
  return (JSON.parse(text) as { readonly id: number }).id;
}

async function untilStatus(
  { rest }: Coordinator,
  { project, id, status }: { readonly project: string; readonly id: number; readonly status: string },
): Promise<void> {
  const isThere = async (): Promise<boolean> => {
    const { text } = await rest({ method: 'GET', path: `/projects/root%2F${project}/pipelines/${id}` });
    const shown = JSON.parse(text) as { readonly status: string };
    if (shown.status === 'failed') throw new Error(`pipeline ${id} of ${project} has failed`);
    return shown.status === status;
  };
  await waitUntil(isThere, { what: `pipeline ${id} of ${project} is ${status}`, timeoutMs: WAIT_MS });
}
