import type { Selectable } from 'kysely';
import type { ArtifactAccess, ArtifactFormat } from '../../protocol/index.ts';
import type { Tables } from '../schema/tables.ts';

/** One upload of a job. A job has at most one of each type. */
export interface NewArtifact {
  readonly jobId: number;
  readonly projectId: number;
  /** `archive`, or of a report: `junit`, `dotenv`, … */
  readonly type: string;
  readonly format: ArtifactFormat;
  /** As its runner called it. */
  readonly filename: string;
  readonly sizeBytes: number;
  /** Hex. */
  readonly sha256: string;
  /** Key of the blob. The index of an archive lies under the same with `.index` behind it. */
  readonly blob: string;
  readonly access: ArtifactAccess;
  /** UTC ms; null: never. */
  readonly expiresAt: number | null;
}

export interface ArtifactRecord extends NewArtifact {
  readonly id: number;
  /** Somebody said that it stays: it does not expire. */
  readonly isKept: boolean;
  readonly createdAt: number;
}

export function artifactOf(row: Selectable<Tables['artifacts']>): ArtifactRecord {
  return {
    id: row.id,
    jobId: row.job_id,
    projectId: row.project_id,
    type: row.type,
    format: row.format as ArtifactFormat,
    filename: row.filename,
    sizeBytes: row.size,
    sha256: row.checksum,
    blob: row.blob,
    access: row.access as ArtifactAccess,
    expiresAt: row.expires_at,
    isKept: row.is_kept === 1,
    createdAt: row.created_at,
  };
}
