import { existsSync, readdirSync, renameSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Clock, errorCode, removeTree } from '../base/index.ts';

export interface JobHome {
  /** Of this job alone: its journal, its log, its artifacts on their way. */
  readonly directory: string;
}

/** A home of which nobody wants to know any more. */
const DONE = /^[1-9]\d*\.done$/;

/** Where the jobs of a runner's directory lie. Each by a number that none had before: a job's cleanup may come back to the runner that lost it. */
export class JobHomes {
  readonly #directory: string;
  readonly #clock: Clock;
  #last = 0;

  constructor(directory: string, clock: Clock) {
    this.#directory = directory;
    this.#clock = clock;
  }

  next(): JobHome {
    do this.#last = Math.max(this.#last + 1, this.#clock.now());
    while (existsSync(this.find(this.#last).directory));
    return this.find(this.#last);
  }

  find(id: number): JobHome {
    return { directory: join(this.#directory, 'jobs', String(id)) };
  }

  /** Removes those that an earlier process had closed. @returns what is left, for people */
  async removeClosed(): Promise<readonly string[]> {
    const jobs = join(this.#directory, 'jobs');
    const left: string[] = [];
    for (const name of readdirSync(jobs)) if (DONE.test(name)) left.push(...(await removeTree(jobs, [name])));
    return left;
  }
}

/** Nobody wants to know of the job any more: that is on record at once. What cannot be removed now goes at the next start. @returns what is left, for people */
export async function closeHome({ directory }: JobHome): Promise<readonly string[]> {
  const closed = rename(directory, `${directory}.done`);
  return await removeTree(dirname(closed), [basename(closed)]);
}

/** Nobody has wanted to know of the job for so long that nobody is asked any more; what there is to know of it stays. */
export function setHomeAside({ directory }: JobHome): string {
  return rename(directory, `${directory}.unheard`);
}

function rename(from: string, to: string): string {
  try {
    renameSync(from, to);
    return to;
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return from;
  }
}
