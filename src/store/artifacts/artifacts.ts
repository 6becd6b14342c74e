import type { Db, Tx } from '../store.ts';
import { type ArtifactRecord, artifactOf, type NewArtifact } from './artifact-record.ts';
import { doomBlobs } from './doomed-blobs.ts';

/** False: the job has one of this type. */
export async function insertArtifact(tx: Tx, artifact: NewArtifact): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx.query
    .insertInto('artifacts')
    .values({
      job_id: artifact.jobId,
      project_id: artifact.projectId,
      type: artifact.type,
      format: artifact.format,
      filename: artifact.filename,
      size: artifact.sizeBytes,
      checksum: artifact.sha256,
      blob: artifact.blob,
      is_kept: 0,
      access: artifact.access,
      created_at: tx.now(),
      expires_at: artifact.expiresAt,
    })
    .onConflict((conflict) => conflict.columns(['job_id', 'type']).doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

export async function findArtifact(db: Db, jobId: number, type: string): Promise<ArtifactRecord | null> {
  const row = await db.query
    .selectFrom('artifacts')
    .selectAll()
    .where('job_id', '=', jobId)
    .where('type', '=', type)
    .executeTakeFirst();
  return row === undefined ? null : artifactOf(row);
}

/** Of all these jobs, by job and id. */
export async function listArtifacts(db: Db, jobIds: readonly number[]): Promise<readonly ArtifactRecord[]> {
  if (jobIds.length === 0) return [];
  const rows = await db.query
    .selectFrom('artifacts')
    .selectAll()
    .where('job_id', 'in', jobIds)
    .orderBy('job_id')
    .orderBy('id')
    .execute();
  return rows.map(artifactOf);
}

/** They do not expire any more. How many there are. */
export async function keepArtifacts(tx: Tx, jobId: number): Promise<number> {
  const { numUpdatedRows } = await tx.query
    .updateTable('artifacts')
    .set({ is_kept: 1, expires_at: null })
    .where('job_id', '=', jobId)
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

/** Takes the rows away. Returns the keys of the blobs, which are doomed, and the caller's to remove afterwards. */
export async function deleteArtifacts(tx: Tx, jobId: number): Promise<readonly string[]> {
  const rows = await tx.query.deleteFrom('artifacts').where('job_id', '=', jobId).returning('blob').execute();
  await tx.query.deleteFrom('job_reports').where('job_id', '=', jobId).execute();
  const blobs = rows.map(({ blob }) => blob);
  await doomBlobs(tx, blobs);
  return blobs;
}

/** One that has expired; of an archive its job remembers it. The key of its blob, as `deleteArtifacts`; null: it was kept, or is gone. */
export async function deleteExpiredArtifact(tx: Tx, id: number): Promise<string | null> {
  const gone = await tx.query
    .deleteFrom('artifacts')
    .where('id', '=', id)
    .where('is_kept', '=', 0)
    .where('expires_at', '<=', tx.now())
    .returning(['job_id', 'type', 'expires_at', 'blob'])
    .executeTakeFirst();
  if (gone?.type === 'archive') {
    const said = { archive_expired_at: gone.expires_at };
    await tx.query.updateTable('jobs').set(said).where('id', '=', gone.job_id).execute();
  }
  if (gone === undefined) return null;
  await doomBlobs(tx, [gone.blob]);
  return gone.blob;
}
