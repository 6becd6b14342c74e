import { join } from 'node:path';
import type { Clock } from '../base/index.ts';

export interface JobHome {
  /** Of this job alone: its journal, its log, its artifacts on their way. */
  readonly directory: string;
}

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
    this.#last = Math.max(this.#last + 1, this.#clock.now());
    return this.find(this.#last);
  }

  find(id: number): JobHome {
    return { directory: join(this.#directory, 'jobs', String(id)) };
  }
}
