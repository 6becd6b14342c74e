import { accessLevel, type Role } from './access-level.ts';
import { type Action, type ActionRule, ruleOf } from './actions.ts';
import type { Principal, UserPrincipal } from './principal.ts';

/** The project that a request names, as far as access to it is concerned. */
export interface ProjectAccess {
  readonly id: number;
  /** `public`: anyone may read; `internal`: anyone who is signed in. */
  readonly visibility: 'private' | 'internal' | 'public';
  /** Of the user who asks; null: not a member. */
  readonly role: Role | null;
}

/**
 * `unknown`: who is asking must say who they are (401). `hidden`: to them there is no such project (404). `scope`: who they are would be enough, their
 * token is not for this. `role`: they may not (403).
 */
export type Judgement = 'allowed' | 'unknown' | 'hidden' | 'scope' | 'role';

/** @param project null: the action is not on one. @param isRead the request changes nothing. */
export function judgeAccess(
  principal: Principal,
  action: Action,
  project: ProjectAccess | null,
  isRead: boolean,
): Judgement {
  const rule = ruleOf(action);
  if (rule.on === 'project' && project === null) return 'hidden';
  if (rule.least === 'credential') return 'allowed';
  const scoped = judgeScopes(principal, rule, isRead);
  if (rule.on === 'instance') return judgeOnInstance(principal, rule) ?? scoped;
  if (project === null) return 'hidden';
  return judgeOnProject(principal, rule, project) ?? scoped;
}

function judgeScopes(principal: Principal, { scopes }: ActionRule, isRead: boolean): 'allowed' | 'scope' {
  if (principal.kind !== 'user') return 'allowed';
  const enough = ['api', ...scopes.filter((scope) => isRead || scope !== 'read_api')] as const;
  return enough.some((scope) => principal.scopes.has(scope)) ? 'allowed' : 'scope';
}

/** Null: allowed as far as the person is concerned. */
function judgeOnInstance(principal: Principal, { least }: ActionRule): Judgement | null {
  if (least === 'anyone') return null;
  if (principal.kind === 'nobody') return 'unknown';
  if (principal.kind === 'job' || principal.project !== null) return 'role';
  return least === 'signed_in' || principal.user.isAdministrator ? null : 'role';
}

function judgeOnProject(principal: Principal, rule: ActionRule, project: ProjectAccess): Judgement | null {
  if (principal.kind === 'job') return judgeJob(rule, project.id === principal.projectId);
  const level = levelIn(principal, project);
  if (level === 0) return 'hidden';
  const least = rule.least === 'anyone' || rule.least === 'signed_in' ? 'guest' : rule.least;
  if (least === 'administrator' || least === 'credential') return 'role';
  // Whoever may read a visible project may read its files too; a guest of a private one may not.
  if (least === 'reporter' && isVisible(principal, project) && level >= accessLevel('guest')) return null;
  if (level >= accessLevel(least)) return null;
  return principal.kind === 'nobody' ? 'unknown' : 'role';
}

function judgeJob(rule: ActionRule, isOwnProject: boolean): Judgement | null {
  if (!isOwnProject) return 'hidden';
  return rule.job === true ? null : 'role';
}

/** What somebody is to a project, as a number of `ACCESS_LEVELS`. 0: may not even know that it exists. */
export function levelIn(principal: Principal, project: ProjectAccess): number {
  const least = isVisible(principal, project) ? accessLevel('guest') : 0;
  if (principal.kind !== 'user') return least;
  return Math.max(least, ownLevel(principal, project));
}

function ownLevel(principal: UserPrincipal, project: ProjectAccess): number {
  const own = principal.user.isAdministrator
    ? accessLevel('owner')
    : project.role === null
      ? 0
      : accessLevel(project.role);
  if (principal.project === null) return own;
  return principal.project.id === project.id ? Math.min(own, accessLevel(principal.project.most)) : 0;
}

function isVisible(principal: Principal, { visibility }: ProjectAccess): boolean {
  return visibility === 'public' || (visibility === 'internal' && principal.kind === 'user');
}
