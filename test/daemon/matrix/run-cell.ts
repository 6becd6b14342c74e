import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { takeSmallDisk } from '../../crash/small-disk.ts';
import { fromGate } from '../../support/from-gate.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { Gates, writeStepProgram } from '../support/gates.ts';
import { cookiesIn, jobsLeft, killAllOf, processesOf } from '../support/job-processes.ts';
import { RunnerProcess } from '../support/runner-process.ts';
import { JOB_TIMEOUT_S } from './cell.ts';
import { type CellExecutor, GATES } from './cell-executor.ts';
import { type Fault, type Phase, SCRIPTS } from './phases.ts';
import { strike } from './strike.ts';
import type { CellJob, Ending, World } from './world.ts';

/** What there was to see of one cell when all was over. */
export interface Seen {
  readonly ending: Ending;
  readonly ran: readonly string[];
  readonly cleanups: ReturnType<Gates['cleanups']>;
  /** Steps with lines for which the disk had no room. */
  readonly lost: readonly string[];
  /** Of the job's processes. */
  readonly leftRunning: number;
  /** Beside processes, by name. */
  readonly leftThere: readonly string[];
  /** Jobs that the runner still has in its books. */
  readonly leftOwed: number;
  readonly runnerLog: string;
  readonly forceSkipsCleanup: boolean;
}

const OVER_MS = 45_000;
const CLOCK = pathToFileURL(join(import.meta.dirname, '..', 'support', 'clock-offset.mjs')).href;

export interface Where {
  readonly world: World;
  readonly executor: CellExecutor;
  /** Directory for whatever cells write. */
  readonly root: string;
}

export async function runCell({ world, executor, root }: Where, fault: Fault, phase: Phase): Promise<Seen> {
  const place = join(root, randomBytes(4).toString('hex'));
  mkdirSync(place);
  const disk = fault === 'disk full' ? takeSmallDisk() : null;
  const directory = join(disk?.path ?? place, 'runner');
  const gates = new Gates(join(place, GATES));
  const clockFile = join(place, 'clock');
  const runner = await makeRunner(world, executor, {
    place,
    directory,
    clockFile: fault === 'clock jump' ? clockFile : null,
  });
  let cookies: readonly string[] = [];
  const hold = holdAt(world, gates, phase);
  // The end of a cleanup is told with that of its job, where they are close together: in each run it is known before.
  const upload = phase === 'last update' ? holdAt(world, gates, 'artifact upload') : null;
  try {
    runner.start();
    const subject = await world.start(jobOf(fault, gates, writeStepProgram(join(place, GATES))));
    await upload?.arrived();
    if (upload !== null) await waitUntil('the server knows of the cleanup', () => subject.knowsCleanup());
    upload?.release();
    await hold.arrived();
    cookies = cookiesIn(directory);
    const { release } = hold;
    await strike({
      ...{ world, executor, fault, phase, gates, runner },
      ...{ subject, place, directory, disk, clockFile, release },
    });
    await waitUntil('the server has the end of the job', () => subject.isOver(), OVER_MS);
    await waitUntil('nothing is owed any more', () => jobsLeft(directory).length === 0, OVER_MS);
    return {
      ending: await subject.ending(),
      ran: gates.ran(),
      cleanups: gates.cleanups(),
      lost: [...SCRIPTS].filter((step) => gates.hasLost(step)),
      leftRunning: processesOf(cookies).length,
      leftThere: await executor.left(directory),
      leftOwed: jobsLeft(directory).length,
      runnerLog: runner.log,
      forceSkipsCleanup: world.forceSkipsCleanup,
    };
  } catch (error) {
    throw new Error(`${String(error)}\n${runner.log}`);
  } finally {
    await runner.kill();
    await killAllOf(cookies);
    upload?.release();
    hold.release();
    world.proxy.heal();
    disk?.release();
    rmSync(place, { recursive: true, force: true });
  }
}

interface RunnerPlace {
  readonly place: string;
  readonly directory: string;
  /** Null: nobody sets its clock. */
  readonly clockFile: string | null;
}

/** Not started yet. */
async function makeRunner(world: World, executor: CellExecutor, where: RunnerPlace): Promise<RunnerProcess> {
  const { place, directory, clockFile } = where;
  const tokenFile = join(place, 'token');
  writeFileSync(tokenFile, await world.newRunner());
  return new RunnerProcess({
    words: executor.words({ url: world.proxy.url, tokenFile, directory, place }),
    env: {
      PATH: process.env.PATH ?? '',
      HOME: place,
      TMPDIR: place,
      ...fromGate(),
      ...(clockFile === null ? {} : { NODE_OPTIONS: `--import=${CLOCK}`, CLOCK_OFFSET_FILE: clockFile }),
    },
  });
}

function jobOf(fault: Fault, gates: Gates, program: string): CellJob {
  return {
    steps: {
      before_script: `echo made > result.txt; ${gates.command(program, 'before_script')}`,
      script: gates.command(program, 'script'),
      after_script: gates.command(program, 'after_script'),
    },
    timeout: fault === 'job timeout' ? JOB_TIMEOUT_S : 600,
    variables: fault === 'cleanup timeout' ? { RUNNER_AFTER_SCRIPT_TIMEOUT: '2s' } : {},
  };
}

interface Held {
  /** @throws when the job does not get there */
  arrived(): Promise<unknown>;
  release(): void;
}

function holdAt(world: World, gates: Gates, phase: Phase): Held {
  if (SCRIPTS.has(phase)) {
    gates.hold(phase);
    return { arrived: () => gates.untilBegun(phase), release: () => gates.release(phase) };
  }
  const matches = world.requests[phase];
  if (matches === undefined) throw new Error(`nobody knows when a job is in ${phase}`);
  const hold = world.proxy.hold(matches);
  return { arrived: () => waitUntil(`the job is in ${phase}`, () => hold.hasArrived), release: () => hold.release() };
}
