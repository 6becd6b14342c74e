import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Clock, errorCode, writeDurably } from '../../base/index.ts';
import type { HostPrograms } from '../containers/host-programs.ts';
import { parseEnvironment } from '../containers/waiter-note.ts';
import { COOKIE_VARIABLE } from '../cookie.ts';
import type { JobSpec, Place, Say, StepState } from '../executor.ts';
import { NESTED_RUNS_VARIABLE } from '../steps/nested-runs.ts';
import { createRemoteFiles } from './files/remote-files.ts';
import { probe } from './probe.ts';
import { createAwayClock } from './programs/away-clock.ts';
import { createPrograms, type Programs } from './programs/programs.ts';
import type { Reach } from './reach.ts';
import { remoteNestedRunsDir } from './remote-nested-runs.ts';
import { RemoteSteps } from './steps/remote-steps.ts';
import { watchLeaving } from './watch-leaving.ts';

export interface RemoteOptions {
  readonly reach: Reach;
  readonly clock: Clock;
  readonly job: JobSpec;
  /** What works for the job on this machine. */
  readonly host: HostPrograms;
  /** What the readers of a step's end should know. Never rejects. */
  readonly remarks: (state: StepState) => Promise<readonly string[]>;
  /** How long a place that does not answer is waited for. Default: 10 minutes. */
  readonly longestAwayMs?: number;
}

/** For an engine that is away. What is left then is named, and swept later. */
const REMOVE_MS = 60_000;
const NEVER = new AbortController().signal;

/** All that there is of one job in a remote place. */
export class JobInRemote {
  readonly job: JobSpec;
  readonly reach: Reach;
  readonly clock: Clock;
  readonly host: HostPrograms;
  readonly programs: Programs;
  readonly steps: RemoteSteps;
  readonly #leaving: ReturnType<typeof watchLeaving>;
  #shell: 'bash' | 'sh' = 'sh';
  #environment: { readonly containerId: string; readonly text: string } | null;

  constructor(options: RemoteOptions) {
    const { reach, clock, job, host, longestAwayMs } = options;
    this.job = job;
    this.reach = reach;
    this.clock = clock;
    this.host = host;
    const away = createAwayClock(clock, longestAwayMs);
    this.programs = createPrograms({ reach, clock, away });
    this.#leaving = watchLeaving(reach, clock);
    this.#environment = readEnvironment(job);
    this.steps = new RemoteSteps({
      ...{ programs: this.programs, clock, away, job, stateDir: reach.stateDir, projectDir: job.projectDir },
      shell: async () => this.#shell,
      environment: () => this.#stepEnvironment(),
      leaving: this.#leaving.why,
      remarks: options.remarks,
    });
  }

  get hasBash(): boolean {
    return this.#shell === 'bash';
  }

  files(): Pick<Place, 'collect' | 'deliver' | 'deliverTree'> {
    const { reach, programs, clock, job } = this;
    const { stateDir, send } = reach;
    return createRemoteFiles({
      ...{ programs, clock, stateDir, projectDir: job.projectDir },
      archives: send && {
        owner: () => programs.container(),
        send: async (directory, tar, signal) => send((await programs.container(signal)).id, directory, tar, signal),
      },
    });
  }

  /** A container that can be used, and what is known of its steps. @throws Failure `executor_unavailable`, `canceled`, `place_lost` */
  async open(signal: AbortSignal, say?: Say): Promise<void> {
    await this.programs.container(signal, say);
    await this.#useContainer(signal);
    await this.steps.survey();
  }

  async remove(keepFiles: boolean): Promise<void> {
    await this.#leaving.stop();
    await this.programs.insist(REMOVE_MS, () => this.reach.remove(keepFiles));
  }

  /** Before anything of the job has run in it: what it says of itself can be changed later. */
  async #useContainer(signal: AbortSignal): Promise<string> {
    const { id, hasBash } = await this.programs.container(signal);
    this.#shell = hasBash ? 'bash' : 'sh';
    if (this.#environment?.containerId !== id) {
      const text = await probe(this.programs, this.reach.stateDir, signal);
      this.#environment = { containerId: id, text };
      writeEnvironment(this.job, this.#environment);
    }
    return this.#environment.text;
  }

  /** git takes the project directory as safe although its files may be another user's. */
  async #stepEnvironment(): Promise<readonly string[]> {
    const made = parseEnvironment(await this.#useContainer(NEVER)).filter((each) => !/^[-=]/.test(each));
    const safe = ['GIT_CONFIG_COUNT=1', 'GIT_CONFIG_KEY_0=safe.directory', 'GIT_CONFIG_VALUE_0=*'];
    const { cookie } = this.job;
    const nested = `${NESTED_RUNS_VARIABLE}=${remoteNestedRunsDir(this.reach.stateDir)}`;
    return [...made, `${COOKIE_VARIABLE}=${cookie}`, nested, ...safe];
  }
}

/** No job reaches it; a step's id has no dot. */
function environmentFile({ stepsDir }: JobSpec): string {
  return join(stepsDir, '.environment');
}

function readEnvironment(job: JobSpec): { readonly containerId: string; readonly text: string } | null {
  try {
    return JSON.parse(readFileSync(environmentFile(job), 'utf8')) as { containerId: string; text: string };
  } catch (error) {
    if (errorCode(error) === undefined && !(error instanceof SyntaxError)) throw error;
    return null;
  }
}

/** Where it cannot be kept the next process asks the place again. */
function writeEnvironment(job: JobSpec, environment: object): void {
  try {
    writeDurably(environmentFile(job), JSON.stringify(environment), false);
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
  }
}
