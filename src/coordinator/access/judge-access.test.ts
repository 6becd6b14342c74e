import { describe, expect, it } from 'vitest';
import {
  ACTIONS,
  type Action,
  ALL_SCOPES,
  judgeAccess,
  NOBODY,
  type Principal,
  type ProjectAccess,
  ROLES,
  type Scope,
  type UserPrincipal,
} from './index.ts';

const user = (changes: Partial<UserPrincipal> = {}): UserPrincipal => ({
  kind: 'user',
  user: { id: 1, username: 'ana', name: 'Ana', isAdministrator: false },
  via: 'token',
  scopes: ALL_SCOPES,
  project: null,
  ...changes,
});
const administrator = user({ user: { id: 2, username: 'root', name: 'Root', isAdministrator: true } });
const project = (changes: Partial<ProjectAccess> = {}): ProjectAccess => ({
  id: 7,
  visibility: 'private',
  role: null,
  ...changes,
});
const onProject = (Object.keys(ACTIONS) as Action[]).filter(
  (action) => ACTIONS[action].on === 'project' && ACTIONS[action].least !== 'credential',
);
const judge = (principal: Principal, action: Action, changes: Partial<ProjectAccess> = {}) =>
  judgeAccess(principal, action, project(changes), false);
const allowed = (principal: Principal, changes: Partial<ProjectAccess>): readonly Action[] =>
  onProject.filter((action) => judge(principal, action, changes) === 'allowed');

describe('on a private project', () => {
  it('each role may do what the one below may, and more', () => {
    const sets = ROLES.map((role) => allowed(user(), { role }));
    for (const [at, set] of sets.entries()) {
      expect(set).toEqual(expect.arrayContaining([...(sets[at - 1] ?? [])]));
      expect(set.length).toBeGreaterThan(sets[at - 1]?.length ?? 0);
    }
    expect(sets.at(-1)).toEqual(onProject);
    expect(allowed(administrator, {})).toEqual(onProject);
  });

  it('a guest sees pipelines and no files; a reporter files; a developer runs; a maintainer forces and sees variables', () => {
    const may = (role: ProjectAccess['role'], action: Action): boolean => judge(user(), action, { role }) === 'allowed';
    expect([may('guest', 'job.read'), may('guest', 'repository.read')]).toEqual([true, false]);
    expect([may('reporter', 'repository.read'), may('reporter', 'job.run')]).toEqual([true, false]);
    expect([may('developer', 'job.run'), may('developer', 'job.force')]).toEqual([true, false]);
    expect([may('developer', 'variable.read'), may('maintainer', 'variable.read')]).toEqual([false, true]);
    expect([may('maintainer', 'project.delete'), may('owner', 'project.delete')]).toEqual([false, true]);
  });

  it('is not there for whoever is no member, signed in or not', () => {
    for (const action of onProject) {
      expect([judge(user(), action), judge(NOBODY, action)]).toEqual(['hidden', 'hidden']);
    }
  });
});

it('of a public project nobody in particular may read all but settings, and has to sign in for more', () => {
  const open = allowed(NOBODY, { visibility: 'public' });
  expect(open).toEqual(expect.arrayContaining(['project.read', 'job.read', 'repository.read', 'artifact.read']));
  expect(open).not.toContain('variable.read');
  expect(judge(NOBODY, 'job.run', { visibility: 'public' })).toBe('unknown');
  expect(judge(user(), 'job.run', { visibility: 'public' })).toBe('role');
  expect(judge(NOBODY, 'job.read', { visibility: 'internal' })).toBe('hidden');
  expect(judge(user(), 'job.read', { visibility: 'internal' })).toBe('allowed');
});

it('a job token opens its own project only, and there only what jobs need', () => {
  const job: Principal = { kind: 'job', jobId: 3, projectId: 7 };
  const needed = onProject.filter((action) => 'job' in ACTIONS[action]);
  expect(allowed(job, {})).toEqual(needed);
  for (const action of onProject) {
    expect(judge(job, action, { id: 8, visibility: 'public' })).toBe('hidden');
    if (!needed.includes(action)) expect(judge(job, action)).toBe('role');
  }
});

it("a project's token opens that project only, up to its role, and nothing of the instance", () => {
  const token = user({ project: { id: 7, most: 'developer' } });
  expect(allowed(token, { role: 'owner' })).toEqual(allowed(user(), { role: 'developer' }));
  expect(judge(token, 'job.read', { id: 8, role: 'owner' })).toBe('hidden');
  expect(judgeAccess(token, 'user.self', null, true)).toBe('role');
});

it.each<[Scope, Action, boolean, string]>([
  ['read_api', 'job.read', true, 'allowed'],
  ['read_api', 'job.run', false, 'scope'],
  ['read_api', 'lint.run', false, 'scope'],
  ['read_repository', 'repository.read', true, 'allowed'],
  ['read_repository', 'job.read', true, 'scope'],
  ['write_repository', 'repository.write', false, 'allowed'],
  ['api', 'job.run', false, 'allowed'],
])('a token for %s and %s (reading: %s): %s', (scope, action, isRead, judgement) => {
  const token = user({ scopes: new Set([scope]) });
  expect(judgeAccess(token, action, project({ role: 'owner' }), isRead)).toBe(judgement);
});

it.each<[Action, string, string, string]>([
  ['version.read', 'allowed', 'allowed', 'allowed'],
  ['user.self', 'unknown', 'allowed', 'allowed'],
  ['user.manage', 'unknown', 'role', 'allowed'],
  ['runner.protocol', 'allowed', 'allowed', 'allowed'],
])('%s of the instance: nobody %s, a user %s, an administrator %s', (action, nobody, anyUser, admin) => {
  const judged = [NOBODY, user(), administrator].map((principal) => judgeAccess(principal, action, null, false));
  expect(judged).toEqual([nobody, anyUser, admin]);
});
