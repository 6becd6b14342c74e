import type { Place } from '../../executors/index.ts';
import type { PayloadArtifact } from '../../protocol/index.ts';
import type { ArchiveLimits } from './archive.ts';

export interface SaveArtifactsOptions {
  readonly artifacts: readonly PayloadArtifact[] | null;
  /** Cause `succeeded`; every other cause keeps `on_failure` and `always`. */
  readonly succeeded: boolean;
  readonly place: Place;
  /** Receives the files; made when it is not there. */
  readonly targetDir: string;
  readonly expand: (text: string) => string;
  readonly limits: ArchiveLimits;
  /** Takes bytes for the job's log, in GitLab's format. */
  readonly log: (text: string) => void;
  readonly signal: AbortSignal;
}

export interface SavedArtifact {
  /** `archive` or a report type. */
  readonly type: string;
  readonly format: PayloadArtifact['artifact_format'];
  readonly path: string;
  /** Matching files and directories. */
  readonly files: number;
  readonly sizeBytes: number;
}

/** The artifacts that a job with this result keeps. */
export declare function selectArtifacts(
  artifacts: readonly PayloadArtifact[] | null,
  succeeded: boolean,
): readonly PayloadArtifact[];

/**
 * Keeps a job's artifacts in `targetDir`. Nothing matching is a warning in the log, not a failure. May be repeated: files are replaced.
 * @throws Failure when an artifact could not be kept (limits, disk); those before it stay.
 */
export declare function saveArtifacts(options: SaveArtifactsOptions): Promise<readonly SavedArtifact[]>;
