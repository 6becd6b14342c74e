import type { Place } from '../../executors/index.ts';
import type { ArchiveLimits } from './archive.ts';

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
export declare function unpackDependencies(options: UnpackOptions): Promise<void>;
