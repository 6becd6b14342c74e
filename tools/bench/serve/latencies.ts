import { join } from 'node:path';
import { type Group, median, quantile, type Reading } from '../compare.ts';
import { temporaryDirectory } from '../fixture.ts';
import { startCoordinator } from './coordinator.ts';
import { jobsOf, type Listed, timeToFile, watchTalk } from './job-actions.ts';

const SAMPLES = 20;
const LINES = 200;

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
      const jobs = await jobsOf(coordinator, 'lat');
      const went = await each(jobs, 'go', (id) =>
        timeToFile(coordinator, { project: 'lat', id, action: 'play', file: join(dir, `went.${id}`) }),
      );
      const stopped = await each(jobs, 'stay', async (id) => {
        await timeToFile(coordinator, { project: 'lat', id, action: 'play', file: join(dir, `stays.${id}`) });
        return await timeToFile(coordinator, {
          project: 'lat',
          id,
          action: 'cancel',
          file: join(dir, `stopped.${id}`),
        });
      });
      const [talk = 0] = jobs.filter(({ name }) => name === 'talk').map(({ id }) => id);
      const heard = await watchTalk(coordinator, { project: 'lat', id: talk, lines: LINES });
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

async function each(
  jobs: readonly Listed[],
  kind: string,
  measure: (id: number) => Promise<number>,
): Promise<readonly number[]> {
  const values: number[] = [];
  for (const { id, name } of jobs) if (name.startsWith(kind)) values.push(await measure(id));
  return values;
}
