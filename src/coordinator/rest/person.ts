import { type Action, judgeAccess, type Principal, type ProjectAccess } from '../access/index.ts';
import { forbidden } from '../http/index.ts';
import type { Person } from '../pipelines/index.ts';

/** Who is noted with a change. */
export function personOf(principal: Principal): Person {
  if (principal.kind === 'user') return { id: principal.user.id, name: principal.user.username };
  return { id: null, name: principal.kind === 'job' ? `job ${principal.jobId}` : 'nobody' };
}

/** Of a route that asks for more than its own action when a parameter says so. @throws HttpError 403 */
export function demand(principal: Principal, action: Action, project: ProjectAccess): void {
  if (judgeAccess(principal, action, project, false) !== 'allowed') throw forbidden();
}
