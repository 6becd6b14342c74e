import { appendAudit, type Tx } from '../../store/index.ts';
import type { Call } from '../http/index.ts';
import { personOf } from './person.ts';

export interface Deed {
  /** Such as `job.force_cancel`. */
  readonly action: string;
  readonly targetKind:
    | 'job'
    | 'member'
    | 'pipeline'
    | 'project'
    | 'protected_ref'
    | 'resource_group'
    | 'runner'
    | 'token'
    | 'user'
    | 'variable';
  readonly targetId: number | string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** A call; one that is on no project has none. */
export type Doer = Pick<Call, 'principal' | 'remoteAddress'> & { readonly project: { readonly id: number } | null };

/** Who did what, for the audit list. */
export async function noteAudit(
  tx: Tx,
  { principal, project, remoteAddress }: Doer,
  { action, targetKind, targetId, details = {} }: Deed,
): Promise<void> {
  const { id, name } = personOf(principal);
  await appendAudit(tx, {
    userId: id,
    userName: name,
    action,
    targetKind,
    targetId: String(targetId),
    projectId: project?.id ?? null,
    details,
    ip: remoteAddress,
  });
}
