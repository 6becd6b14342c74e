import type { SmallDisk } from '../../crash/small-disk.ts';
import type { Gates } from '../support/gates.ts';
import type { RunnerProcess } from '../support/runner-process.ts';
import type { CellExecutor } from './cell-executor.ts';
import type { Fault, Phase } from './phases.ts';
import type { CellSubject, World } from './world.ts';

/** One job, one runner, one fault. */
export interface Cell {
  readonly world: World;
  readonly executor: CellExecutor;
  readonly fault: Fault;
  readonly phase: Phase;
  readonly gates: Gates;
  readonly runner: RunnerProcess;
  readonly subject: CellSubject;
  /** Of the cell: whatever it writes, but for the runner's directory. */
  readonly place: string;
  /** Of the runner. */
  readonly directory: string;
  readonly disk: SmallDisk | null;
  /** ms stand in it. */
  readonly clockFile: string;
  /** Lets the job go on from where it is held. */
  readonly release: () => void;
}

/** s; long enough for a job to get to its phase on a busy machine. */
export const JOB_TIMEOUT_S = 8;
