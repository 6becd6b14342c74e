import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { removeDirectory, waitUntil } from '../../components/index.ts';

const endTimeoutMs = 20_000;

/**
 * What a `bin/test` that was killed has left under `home`: its directories bear its pid, its processes name them. They are of no
 * further use, but in nobody's way either: what cannot be removed is told (its path and why) and left.
 */
export async function endStaleRuns(home: string): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const name of list(home)) {
    if (list('/proc').includes(name.split('-')[0] ?? '')) continue;
    const dir = join(home, name);
    try {
      await endProcesses(dir);
      removeDirectory(dir);
    } catch (error) {
      problems.push(`${dir}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return problems;
}

async function endProcesses(dir: string): Promise<void> {
  signal(dir, 'SIGTERM');
  const haveEnded = (): boolean => usersOf(dir).length === 0;
  await waitUntil(haveEnded, { what: `the processes of ${dir}`, timeoutMs: endTimeoutMs }).catch(async () => {
    signal(dir, 'SIGKILL');
    await waitUntil(haveEnded, { what: `the killed processes of ${dir}`, timeoutMs: endTimeoutMs });
  });
}

function signal(dir: string, name: NodeJS.Signals): void {
  for (const pid of usersOf(dir)) {
    try {
      process.kill(pid, name);
    } catch {
      // It has ended by itself.
    }
  }
}

function usersOf(dir: string): readonly number[] {
  return list('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && usesDirectory(pid, dir));
}

function usesDirectory(pid: number, dir: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`${dir}/`);
  } catch {
    return false;
  }
}

function list(dir: string): readonly string[] {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
}
