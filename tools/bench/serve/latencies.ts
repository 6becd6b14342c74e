import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitUntil } from '../../components/index.ts';
import { type Group, median, quantile, type Reading } from '../compare.ts';
import { temporaryDirectory } from '../fixture.ts';
import { type Coordinator, startCoordinator } from './coordinator.ts';

const SAMPLES = 20;
const LINES = 200;
const WAIT_MS = 30_000;

/** Scripts write instants into files of this directory, on the clock that all processes of a machine share. */
const ciFile = (dir: string): string => `
go: {when: manual, parallel: ${SAMPLES}, script: ['date +%s%N > ${dir}/went.$CI_JOB_ID']}
stay:
  when: manual
  parallel: ${SAMPLES}
  script:
    - trap 'date +%s%N > ${dir}/stopped.$CI_JOB_ID; exit 0' TERM
    - date +%s%N > ${dir}/stays.$CI_JOB_ID
    - sleep 60 & wait
talk: {when: manual, script: ['for i in $(seq ${LINES}); do echo "at $(date +%s%N)"; sleep 0.05; done']}
`;

/** What somebody who waits sees: the coordinator with its own runner, on SQLite. */
export const latencies: Group = {
  name: 'serve-latency',
  about: '`epilogue serve` with its runner (shell executor, sources of one file)',
  comparisons: () => [],
  async readings() {
    const dir = temporaryDirectory();
    const startedAt = performance.now();
    const coordinator = await startCoordinator('SQLite', { withRunner: true });
    const first = {
      value: coordinator.server.startedAfterMs,
      note: `in all ${(performance.now() - startedAt).toFixed(0)} ms`,
    };
    try {
      coordinator.push('lat', ciFile(dir));
      await coordinator.rest({ method: 'POST', path: '/projects/root%2Flat/pipeline', body: '{"ref":"main"}' });
      const jobs = await jobsOf(coordinator);
      const went = await each(jobs, 'go', (id) =>
        timeToFile(coordinator, { id, action: 'play', file: join(dir, `went.${id}`) }),
      );
      const stopped = await each(jobs, 'stay', async (id) => {
        await timeToFile(coordinator, { id, action: 'play', file: join(dir, `stays.${id}`) });
        return await timeToFile(coordinator, { id, action: 'cancel', file: join(dir, `stopped.${id}`) });
      });
      const [talk = 0] = jobs.filter(({ name }) => name === 'talk').map(({ id }) => id);
      const heard = await watchTalk(coordinator, talk);
      return [
        { name: 'listening after', target: 500, unit: 'ms', ...first },
        {
          name: 'idle',
          value: coordinator.server.residentMb(),
          target: 120,
          unit: 'MB',
          note: 'resident, after the rest',
        },
        reading('play → first command, median', { samples: went, at: 0.5, target: 60 }),
        reading('cancel → TERM, median', { samples: stopped, at: 0.5, target: 20 }),
        reading('cancel → TERM, p99', { samples: stopped, at: 0.99, target: 100 }),
        reading('write → watcher, p99', { samples: heard, at: 0.99, target: 100 }),
      ];
    } finally {
      await coordinator.close();
    }
  },
};

function reading(
  name: string,
  { samples, at, target }: { samples: readonly number[]; at: number; target: number },
): Reading {
  const note = `${samples.length} samples, median ${median(samples).toFixed(1)}, worst ${quantile(samples, 1).toFixed(1)}`;
  return { name, value: quantile(samples, at), target, unit: 'ms', note };
}

interface Listed {
  readonly id: number;
  readonly name: string;
}

async function jobsOf({ rest }: Coordinator): Promise<readonly Listed[]> {
  const { text } = await rest({ method: 'GET', path: '/projects/root%2Flat/jobs?per_page=100' });
  return JSON.parse(text) as readonly Listed[];
}

async function each(
  jobs: readonly Listed[],
  kind: string,
  measure: (id: number) => Promise<number>,
): Promise<readonly number[]> {
  const values: number[] = [];
  for (const { id, name } of jobs) if (name.startsWith(kind)) values.push(await measure(id));
  return values;
}

/** Ms from the request to the instant in the file that it leads to. */
async function timeToFile(
  { rest }: Coordinator,
  { id, action, file }: { readonly id: number; readonly action: string; readonly file: string },
): Promise<number> {
  const askedAt = Date.now();
  await rest({ method: 'POST', path: `/projects/root%2Flat/jobs/${id}/${action}`, body: '{}' });
  const isThere = (): boolean => existsSync(file) && readFileSync(file, 'utf8').endsWith('\n');
  await waitUntil(isThere, { what: file, timeoutMs: WAIT_MS });
  return Number(readFileSync(file, 'utf8')) / 1e6 - askedAt;
}

/** Ms from each line's own instant to the event that brings it. */
async function watchTalk(coordinator: Coordinator, id: number): Promise<readonly number[]> {
  const { rest, server, token } = coordinator;
  await rest({ method: 'POST', path: `/projects/root%2Flat/jobs/${id}/play`, body: '{}' });
  const path = `/api/v4/projects/root%2Flat/jobs/${id}/trace/events?offset=0`;
  const headers = { 'private-token': token };
  const answer = await fetch(`${server.url}${path}`, { headers, signal: AbortSignal.timeout(4 * WAIT_MS) });
  const values: number[] = [];
  let unread = '';
  for await (const bytes of answer.body ?? []) {
    const now = Date.now();
    unread += Buffer.from(bytes).toString();
    const found = [...unread.matchAll(/(?<=^|\\n|")at (\d{19})\\n/g)];
    for (const [, at] of found) values.push(now - Number(at) / 1e6);
    const last = found.at(-1);
    if (last !== undefined) unread = unread.slice(last.index + last[0].length);
    if (values.length >= LINES || /event: end/.test(unread)) break;
  }
  if (values.length === 0) throw new Error(`no line was heard: ${unread.slice(0, 500)}`);
  return values;
}
