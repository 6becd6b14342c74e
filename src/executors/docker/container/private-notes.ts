import { appendFileSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode, makeDirectory, writeDurably } from '../../../base/index.ts';
import type { WaiterNote } from '../../containers/waiter-note.ts';

/** A job's container that runs. */
export interface JobContainer extends WaiterNote {
  readonly id: string;
  /** As its entrypoint has made it; `NAME=value`. */
  readonly environment: readonly string[];
}

/**
 * What the runner has to know of a job's containers, out of the job's reach: beside `stepsDir`, not in it, for that is mounted into the container.
 */
export interface PrivateNotes {
  /** The container that was made last. */
  readonly container: ContainerNote | null;
  noteContainer(note: ContainerNote): void;
  /** Before the exec begins: whoever comes after us finds it. */
  addExec(stepId: string, exec: StepExec): void;
  /** Several where several have tried to start the step. */
  execs(stepId: string): readonly StepExec[];
  remove(): void;
}

export interface ContainerNote {
  readonly id: string;
  /** What it was made of: another one is made of the same, whatever the name means by then. */
  readonly imageId: string;
  /** Which directories it has mounted, as `mountedInodes` has them. */
  readonly inodes: readonly string[];
  /** What it has said of itself since it was started last: a job can change the note that it said it in. null: nothing yet. */
  readonly self: JobContainer | null;
}

export interface StepExec {
  readonly containerId: string;
  readonly execId: string;
}

/** Where it lies: beside `stepsDir`. */
export function privateDir(stepsDir: string): string {
  return `${stepsDir}.container`;
}

export function privateNotes(stepsDir: string): PrivateNotes {
  const dir = privateDir(stepsDir);
  const file = (stepId: string): string => join(dir, `${stepId}.execs`);
  return {
    get container() {
      const text = readText(join(dir, 'container.json'));
      return text === '' ? null : (JSON.parse(text) as ContainerNote);
    },
    noteContainer(note) {
      makeDirectory(dir, 0o700);
      writeDurably(join(dir, 'container.json'), JSON.stringify(note), false);
    },
    addExec(stepId, { containerId, execId }) {
      makeDirectory(dir, 0o700);
      // One line an exec; one write.
      appendFileSync(file(stepId), `${containerId} ${execId}\n`, { mode: 0o600 });
    },
    execs(stepId) {
      const lines = readText(file(stepId)).split('\n').slice(0, -1);
      return lines.flatMap((line) => {
        const [containerId, execId] = line.split(' ');
        return containerId === undefined || execId === undefined ? [] : [{ containerId, execId }];
      });
    },
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}

/** A mount shows what a directory was when the container started, also when there is another one of its name by now. */
export function mountedInodes(paths: readonly string[]): readonly string[] {
  return paths.map((path) => {
    const found = statSync(path, { throwIfNoEntry: false });
    return found === undefined ? '-' : `${found.dev}:${found.ino}`;
  });
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return '';
    throw error;
  }
}
