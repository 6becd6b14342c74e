import { appendAudit, type Tx } from '../../store/index.ts';
import type { Call } from '../http/index.ts';
import { personOf } from './person.ts';

export interface Deed {
  /** Such as `job.force_cancel`. */
  readonly action: string;
  readonly targetKind: 'job' | 'pipeline' | 'resource_group';
  readonly targetId: number | string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Who did what, for the audit list. */
export async function noteAudit(
  tx: Tx,
  { principal, project, remoteAddress }: Pick<Call, 'principal' | 'project' | 'remoteAddress'>,
  { action, targetKind, targetId, details = {} }: Deed,
): Promise<void> {
  const { id, name } = personOf(principal);
  await appendAudit(tx, {
    userId: id,
    userName: name,
    action,
    targetKind,
    targetId: String(targetId),
    projectId: project.id,
    details,
    ip: remoteAddress,
  });
}
