import { existsSync, renameSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { type Clock, describeError, Failure, makeDirectory, syncDirectory } from '../../../base/index.ts';
import { type JobPorts, LOG_FILE } from '../../../runner/index.ts';
import type { RunEvent } from '../../run-event.ts';
import { artifactsDirectory, checkoutKey, jobDirectory, type RunDirectory } from '../../runs/run-directory.ts';

/** What the ports of all jobs of a run share. */
export interface PortContext {
  readonly run: RunDirectory;
  readonly clock: Clock;
  readonly emit: (event: RunEvent) => void;
}

export interface PortFacts {
  readonly id: number;
  readonly name: string;
  /** Path of the archive of an earlier job. */
  readonly archiveOf: (jobName: string) => string | null;
  readonly getSources: JobPorts['getSources'];
  readonly askToStart: JobPorts['askToStart'];
  readonly phase: JobPorts['phase'];
  readonly extended: JobPorts['extended'];
}

/** The runner's view of the world, for a job of a local run; also for one that is taken over from a run that died. */
export function jobPorts(context: PortContext, job: PortFacts): JobPorts {
  const { clock, emit, run } = context;
  const { id, name } = job;
  const directory = jobDirectory(run, id);
  const told = new Set<string>();
  return {
    cacheDir: join(run.paths.cache, 'cache', checkoutKey(run.record.checkout)),
    askToStart: job.askToStart,
    getSources: job.getSources,
    dependencyArchive: async (dependency) => job.archiveOf(dependency.name),
    async keep(artifact) {
      const path = join(artifactsDirectory(run, id), relative(join(directory, 'artifacts'), artifact.path));
      moveFile(artifact.path, path);
      return { ...artifact, path };
    },
    phase: job.phase,
    extended: job.extended,
    // Jobs end with their cleanup in the result.
    cleaned() {},
    logGrew: (sizeBytes) =>
      emit({ type: 'job_log_grew', at: clock.now(), job: id, name, logFile: join(directory, LOG_FILE), sizeBytes }),
    trouble(text) {
      // Trouble with a disk comes back at every attempt to write; once is enough.
      if (told.has(text)) return;
      told.add(text);
      emit({ type: 'message', at: clock.now(), level: 'error', text });
    },
  };
}

/** Durable when it returns. A move that was made before is fine. @throws Failure `artifact_not_kept` */
function moveFile(from: string, to: string): void {
  try {
    makeDirectory(dirname(to), 0o700);
    if (existsSync(from) || !existsSync(to)) renameSync(from, to);
    syncDirectory(dirname(to));
  } catch (cause) {
    throw new Failure('artifact_not_kept', `cannot move ${from} to ${to}: ${describeError(cause)}`, { cause });
  }
}
