import type { Role } from './access-level.ts';
import { SCOPES, type Scope } from './scope.ts';

/**
 * Everything that can be asked of a coordinator, and the least that somebody must be to ask it. This table is the only authorisation there is: a
 * route names its action, and a test walks every route with every role and with none.
 */
export interface ActionRule {
  /**
   * `project`: judged by the role in the project that the path names; whoever may not even read that project is told that there is none (404).
   * `instance`: no project.
   */
  readonly on: 'project' | 'instance';
  /**
   * `anyone`: no credential is needed; on a project, if it is visible to all.
   * `credential`: the route itself checks a credential of its own kind (runner token, job token of an attempt, trigger token, sign-in).
   */
  readonly least: Role | 'anyone' | 'signed_in' | 'administrator' | 'credential';
  /** A token needs one of these, or `api`; one that only reads needs `read_api`. */
  readonly scopes: readonly Scope[];
  /** The job token of a running job of this project is enough. */
  readonly job?: true;
}

const READ = ['read_api'] as const;
const WRITE = [] as const;

export const ACTIONS = {
  'version.read': { on: 'instance', least: 'anyone', scopes: READ },
  /** Of what is watched each thing is judged as its own route is. */
  'event.watch': { on: 'instance', least: 'anyone', scopes: READ },
  'session.open': { on: 'instance', least: 'credential', scopes: WRITE },
  'user.self': { on: 'instance', least: 'signed_in', scopes: ['read_api', 'read_user'] },
  'user.password': { on: 'instance', least: 'signed_in', scopes: WRITE },
  'user.list': { on: 'instance', least: 'signed_in', scopes: READ },
  'user.manage': { on: 'instance', least: 'administrator', scopes: WRITE },
  'token.own': { on: 'instance', least: 'signed_in', scopes: WRITE },
  'token.self': { on: 'instance', least: 'signed_in', scopes: SCOPES },
  'project.list': { on: 'instance', least: 'anyone', scopes: READ },
  'project.create': { on: 'instance', least: 'signed_in', scopes: WRITE },
  'project.read': { on: 'project', least: 'guest', scopes: READ, job: true },
  'project.settings': { on: 'project', least: 'maintainer', scopes: WRITE },
  'protected_ref.read': { on: 'project', least: 'developer', scopes: READ },
  'project.delete': { on: 'project', least: 'owner', scopes: WRITE },
  'member.read': { on: 'project', least: 'guest', scopes: READ },
  'member.manage': { on: 'project', least: 'maintainer', scopes: WRITE },
  'token.project': { on: 'project', least: 'maintainer', scopes: WRITE },
  'repository.read': {
    on: 'project',
    least: 'reporter',
    scopes: ['read_api', 'read_repository', 'write_repository'],
    job: true,
  },
  'repository.write': { on: 'project', least: 'developer', scopes: ['write_repository'] },
  'pipeline.read': { on: 'project', least: 'guest', scopes: READ, job: true },
  'pipeline.variables': { on: 'project', least: 'developer', scopes: READ },
  'pipeline.run': { on: 'project', least: 'developer', scopes: WRITE },
  'pipeline.delete': { on: 'project', least: 'owner', scopes: WRITE },
  'pipeline.trigger': { on: 'project', least: 'credential', scopes: WRITE },
  'job.read': { on: 'project', least: 'guest', scopes: READ, job: true },
  'job.self': { on: 'instance', least: 'credential', scopes: READ },
  'job.run': { on: 'project', least: 'developer', scopes: WRITE },
  /** What others have run; one's own whoever may run. */
  'job.erase_others': { on: 'project', least: 'maintainer', scopes: WRITE },
  'job.force': { on: 'project', least: 'maintainer', scopes: WRITE },
  'artifact.read': { on: 'project', least: 'guest', scopes: READ, job: true },
  'artifact.manage': { on: 'project', least: 'developer', scopes: WRITE },
  'artifact.delete': { on: 'project', least: 'maintainer', scopes: WRITE },
  'variable.read': { on: 'project', least: 'maintainer', scopes: READ },
  'variable.manage': { on: 'project', least: 'maintainer', scopes: WRITE },
  'instance_variable.read': { on: 'instance', least: 'administrator', scopes: READ },
  'instance_variable.manage': { on: 'instance', least: 'administrator', scopes: WRITE },
  'trigger.manage': { on: 'project', least: 'maintainer', scopes: WRITE },
  'resource_group.read': { on: 'project', least: 'developer', scopes: READ },
  'resource_group.manage': { on: 'project', least: 'developer', scopes: WRITE },
  'lint.text': { on: 'instance', least: 'signed_in', scopes: READ },
  'lint.run': { on: 'project', least: 'developer', scopes: READ },
  'runner.read': { on: 'project', least: 'maintainer', scopes: ['read_api', 'manage_runner'] },
  'runner.manage': { on: 'project', least: 'maintainer', scopes: ['manage_runner', 'create_runner'] },
  'instance_runner.read': { on: 'instance', least: 'signed_in', scopes: ['read_api', 'manage_runner'] },
  'instance_runner.manage': { on: 'instance', least: 'signed_in', scopes: ['manage_runner', 'create_runner'] },
  'runner.protocol': { on: 'instance', least: 'credential', scopes: WRITE },
  'git.serve': { on: 'instance', least: 'credential', scopes: WRITE },
  'obligation.read': { on: 'project', least: 'reporter', scopes: READ },
  'obligation.settle': { on: 'project', least: 'maintainer', scopes: WRITE },
  'obligation.read_all': { on: 'instance', least: 'administrator', scopes: READ },
  'audit.read': { on: 'project', least: 'maintainer', scopes: READ },
  'audit.read_all': { on: 'instance', least: 'administrator', scopes: READ },
  'operation.health': { on: 'instance', least: 'anyone', scopes: READ },
  'operation.metrics': { on: 'instance', least: 'anyone', scopes: READ },
} as const satisfies Readonly<Record<string, ActionRule>>;
export type Action = keyof typeof ACTIONS;

export function ruleOf(action: Action): ActionRule {
  return ACTIONS[action];
}
