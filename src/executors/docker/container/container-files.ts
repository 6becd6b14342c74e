import { chmodSync, closeSync, constants, fstatSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { openRegularFile } from '../../../base/index.ts';
import type { JobSpec } from '../../executor.ts';
import { makeDirectories, temporaryDirOf } from '../../files/project-dir.ts';
import { mountedInodes } from './private-notes.ts';
import { writeForJob } from './write-for-job.ts';

/** How a job's container and its runner come by what the other has. */
export interface ContainerFiles {
  /** Of `HostConfig`. */
  readonly mounts: readonly object[];
  /** Where the first process says who it is, as it sees them; see `WAITING_SCRIPT`. */
  readonly noteFile: string;
  readonly environmentFile: string;
  /** What is mounted is there, and nothing is noted yet. Right before the container starts. */
  prepare(): void;
  /** What it has mounted, to tell whether that is another by now. */
  inodes(): readonly string[];
  /** As the container has written it by now. */
  read(containerId: string, signal: AbortSignal): Promise<{ readonly note: string; readonly environment: string }>;
  /** Why nothing may have been heard of the container. */
  advice(engine: string): string;
}

/** The job's directories, mounted under the paths that they have on this machine. */
export function mountedFiles(job: JobSpec): ContainerFiles {
  const { stepsDir } = job;
  const paths = [job.projectDir, temporaryDirOf(job), stepsDir];
  // In `stepsDir`, which is mounted; a step's id has no dot.
  const noteFile = join(stepsDir, '.container.note');
  const environmentFile = join(stepsDir, '.container.environment');
  return {
    mounts: paths.map((path) => ({ Type: 'bind', Source: path, Target: path })),
    ...{ noteFile, environmentFile },
    prepare() {
      makeDirectories(job);
      // For the image's user, whoever that is; the journal around it lets nobody else in.
      chmodSync(stepsDir, 0o711);
      for (const file of [noteFile, environmentFile]) writeForJob(file, '', 0o666);
    },
    inodes: () => mountedInodes(paths),
    read: async () => ({ note: readText(noteFile), environment: readText(environmentFile) }),
    advice: (engine) =>
      `the engine at ${engine} has to run on this machine and see its files, and an entrypoint has to run its arguments`,
  };
}

/** More than the environment that a kernel lets a program have. */
const LONGEST_NOTE_BYTES = 8 * 1024 * 1024;

/** As the container has written it by now. Through no link: it would show the job what it leads to on this machine. */
function readText(path: string): string {
  const fd = openRegularFile(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const bytes = Buffer.alloc(Math.min(fstatSync(fd).size, LONGEST_NOTE_BYTES));
    return bytes.toString('utf8', 0, readSync(fd, bytes, 0, bytes.length, 0));
  } finally {
    closeSync(fd);
  }
}
