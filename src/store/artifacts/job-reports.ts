import { fromJson, toJson } from '../schema/json.ts';
import type { Db, Tx } from '../store.ts';

/** What a job hands on to others. `dotenv`: variables, sealed, because they may be secrets. */
export type ReportKind = 'dotenv';

export interface ReportVariable {
  readonly key: string;
  readonly value: string;
}

/** Instead of what was there. */
export async function putJobReport(
  tx: Tx,
  jobId: number,
  kind: ReportKind,
  variables: readonly ReportVariable[],
): Promise<void> {
  const body = tx.sealer.seal(identityOf(jobId, kind), toJson(variables));
  await tx.query
    .insertInto('job_reports')
    .values({ job_id: jobId, kind, body, created_at: tx.now() })
    .onConflict((conflict) => conflict.columns(['job_id', 'kind']).doUpdateSet({ body }))
    .execute();
}

export interface JobReport {
  readonly jobId: number;
  readonly variables: readonly ReportVariable[];
}

/** Of these jobs, those that have one. */
export async function listJobReports(
  db: Db,
  jobIds: readonly number[],
  kind: ReportKind,
): Promise<readonly JobReport[]> {
  if (jobIds.length === 0) return [];
  const rows = await db.query
    .selectFrom('job_reports')
    .select(['job_id', 'body'])
    .where('job_id', 'in', jobIds)
    .where('kind', '=', kind)
    .orderBy('job_id')
    .execute();
  return rows.map((row) => ({
    jobId: row.job_id,
    variables: fromJson<readonly ReportVariable[]>(db.sealer.open(identityOf(row.job_id, kind), row.body)),
  }));
}

function identityOf(jobId: number, kind: ReportKind): string {
  return `job_reports/${jobId}/${kind}`;
}
