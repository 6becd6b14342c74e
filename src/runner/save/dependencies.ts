import { describeError, errorCode, Failure } from '../../base/index.ts';
import type { Place } from '../../executors/index.ts';
import { type ArchiveLimits, readArchive } from './archive/archive.ts';

export interface DependencyArchive {
  readonly jobId: number;
  readonly jobName: string;
  /** Of the zip. */
  readonly path: string;
}

export interface UnpackOptions {
  readonly archives: readonly DependencyArchive[];
  readonly place: Place;
  readonly limits: ArchiveLimits;
  readonly log: (text: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Unpacks the artifacts of earlier jobs into the project directory, in order; later ones overwrite.
 * @throws Failure `dependency_not_unpacked` naming the job. May be repeated.
 */
export async function unpackDependencies(options: UnpackOptions): Promise<void> {
  const { archives, place, limits, log, signal } = options;
  for (const { jobId, jobName, path } of archives) {
    log(`Downloading artifacts for ${jobName} (${jobId})...\n`);
    try {
      await place.deliver(readArchive(path, limits, signal), signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof Failure) && errorCode(error) === undefined) throw error;
      const text = `the artifacts of ${jobName} (${jobId}) cannot be unpacked: ${describeError(error)}`;
      throw new Failure('dependency_not_unpacked', text, { cause: error });
    }
  }
}
