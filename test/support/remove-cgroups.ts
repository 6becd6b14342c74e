import { globSync, readFileSync, rmdirSync } from 'node:fs';
import { basename } from 'node:path';

/** How long processes that were killed just now keep their cgroup. */
const DEADLINE_MS = 2_000;
const PAUSE = new Int32Array(new SharedArrayBuffer(4));

/** The cgroups of jobs that nobody has ended; to be asked for before their journals are removed, `state` being the directory of all runs. */
export function cgroupsOf(state: string): readonly string[] {
  const records = globSync(`${state}/epilogue/runs/*/jobs/*/steps/cgroup`);
  const paths = records.map((record) => readFileSync(record, 'utf8').trim());
  return paths.filter((path) => basename(path).startsWith('epilogue-'));
}

/** Their processes have been killed. */
export function removeCgroups(paths: readonly string[]): void {
  const deadline = Date.now() + DEADLINE_MS;
  for (const path of paths) while (!isRemoved(path) && Date.now() < deadline) Atomics.wait(PAUSE, 0, 0, 5);
}

function isRemoved(path: string): boolean {
  try {
    rmdirSync(path);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code !== 'EBUSY';
  }
}
