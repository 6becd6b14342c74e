import type { Clock } from '../../base/index.ts';
import type { JobSpec } from '../executor.ts';
import type { JobCgroup } from '../processes/cgroup.ts';
import type { TreeOptions } from '../processes/process-tree.ts';
import { readProcess } from '../processes/table/process-scan.ts';
import { createProcessTable } from '../processes/table/process-table.ts';
import { type JobFixture, until, waitForOutput } from './executor-contract.ts';

/** Runs `script` until it has printed `ready`, then the numbers that it printed before. */
export async function startTree(fixture: JobFixture, script: string): Promise<readonly number[]> {
  await fixture.place.start({ id: 'tree', script: `${script}\necho ready; wait; sleep 1000` });
  const output = await waitForOutput(fixture.place, 'tree', 'ready');
  return [...output.matchAll(/\d+/g)].map(Number);
}

export const isDead = (pid: number): boolean => readProcess(pid) === null;

export function allDead(pids: readonly number[]): Promise<true> {
  const left = (): readonly number[] => pids.filter((pid) => !isDead(pid));
  return until('all are dead', () => (left().length === 0 ? true : null), left);
}

/** A tree that has to do without a cgroup. */
export function treeOptions({ stepsDir, cookie, projectDir }: JobSpec, clock: Clock): TreeOptions {
  return { stepsDir, cookie, directories: [projectDir], cgroup: NO_CGROUP, table: createProcessTable(clock), clock };
}

const NO_CGROUP: JobCgroup = {
  entrance: () => null,
  members: () => new Set(),
  frozen: (action) => action(),
  thaw: () => {},
  remove: async () => {},
};
