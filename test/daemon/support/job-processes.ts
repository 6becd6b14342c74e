import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from '../../support/processes.ts';
import { waitUntil } from '../../support/wait-until.ts';

/** What all processes of each job in a runner's directory carry in their environment. */
export function cookiesIn(directory: string): readonly string[] {
  const jobs = join(directory, 'jobs');
  return namesIn(jobs).flatMap((name) => {
    try {
      return [JSON.parse(readFileSync(join(jobs, name, 'job.json'), 'utf8')).cookie as string];
    } catch {
      return [];
    }
  });
}

/** Living processes of these jobs. */
export function processesOf(cookies: readonly string[]): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const environ = readFileSync(`/proc/${pid}/environ`, 'latin1');
        return cookies.some((cookie) => environ.includes(cookie)) && isAlive(pid);
      } catch {
        return false;
      }
    });
}

/** As a host does that loses its power: all at once, and none has a word. */
export async function killAllOf(cookies: readonly string[]): Promise<void> {
  await waitUntil('the processes of the jobs are dead', () => {
    const left = processesOf(cookies);
    for (const pid of left) kill(pid);
    return left.length === 0;
  });
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone between the look and the kill.
  }
}

/** Homes of jobs that are still there: nothing is owed, and nothing waits to be told, once there is none. */
export function jobsLeft(directory: string): readonly string[] {
  return namesIn(join(directory, 'jobs'));
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory).filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}
