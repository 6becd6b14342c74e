import type { Selectable } from 'kysely';
import { fromJson, toJson } from '../schema/json.ts';
import type { Page } from '../schema/page.ts';
import type { Tables } from '../schema/tables.ts';
import type { Db, Tx } from '../store.ts';

/** Who did what to what. */
export interface NewAuditEntry {
  /** Null: the program itself, or an administrator at the machine. */
  readonly userId: number | null;
  /** As it was then; a user may be removed. */
  readonly userName: string;
  /** Such as `job.force_cancel`. */
  readonly action: string;
  readonly targetKind: string;
  readonly targetId: string;
  /** Null: of the instance. */
  readonly projectId: number | null;
  /** JSON; no secret. */
  readonly details: unknown;
  readonly ip: string | null;
}

export interface AuditEntry extends NewAuditEntry {
  readonly id: number;
  /** UTC ms. */
  readonly at: number;
}

/** In the transaction of what it tells of, so that neither is there without the other. */
export async function appendAudit(tx: Tx, entry: NewAuditEntry): Promise<void> {
  await tx.query
    .insertInto('audit')
    .values({
      at: tx.now(),
      user_id: entry.userId,
      user_name: entry.userName,
      action: entry.action,
      target_kind: entry.targetKind,
      target_id: entry.targetId,
      project_id: entry.projectId,
      details: toJson(entry.details),
      ip: entry.ip,
    })
    .execute();
}

/** By id. `projectId` null: of all projects and of the instance. */
export async function listAudit(
  db: Db,
  projectId: number | null,
  { limit, offset, after, order }: Page,
): Promise<readonly AuditEntry[]> {
  const rows = await db.query
    .selectFrom('audit')
    .selectAll()
    .$if(projectId !== null, (query) => query.where('project_id', '=', projectId))
    .$if(after !== null, (query) => query.where('id', order === 'desc' ? '<' : '>', after ?? 0))
    .orderBy('id', order)
    .limit(limit)
    .offset(offset)
    .execute();
  return rows.map(entryOf);
}

function entryOf(row: Selectable<Tables['audit']>): AuditEntry {
  return {
    id: row.id,
    at: row.at,
    userId: row.user_id,
    userName: row.user_name,
    action: row.action,
    targetKind: row.target_kind,
    targetId: row.target_id,
    projectId: row.project_id,
    details: fromJson<unknown>(row.details),
    ip: row.ip,
  };
}
