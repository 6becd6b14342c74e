import { describe, expect, it } from 'vitest';
import { plannedJob } from '../../test/support/jobs/planned-job.ts';
import { type PlannedJob, plainVariable } from '../protocol/index.ts';
import { buildPayload } from './build-payload.ts';
import type { JobFacts, ServedFacts } from './facts.ts';

const SERVED: ServedFacts = {
  pipelineIid: 5,
  token: 'secret-token',
  jobUrl: 'http://ci.example/group/app/-/jobs/7',
  pipelineUrl: 'http://ci.example/group/app/-/pipelines/3',
  sources: { depth: 20, mayFetch: true, objectFormat: 'sha1', isProtected: true },
  configured: [plainVariable('PLACE', 'project', { raw: false })],
  runner: { id: 4, description: 'big one', tags: ['docker'] },
  user: { id: 2, name: 'Ana', username: 'ana', email: 'ana@example.com' },
  timeout: 600,
  queuedSeconds: 1.5,
  namespaces: { own: 12, root: 11 },
  besides: 5,
  hasGracefulSteps: false,
  failureReasons: ['script_failure'],
  cleanup: null,
};

function payload(changes: Partial<ServedFacts> = {}, job: Partial<PlannedJob> = {}, facts: Partial<JobFacts> = {}) {
  return buildPayload({
    id: 7,
    cleanupKey: 'k',
    pipelineId: 3,
    job: plannedJob('build', job),
    repository: 'http://gitlab-ci-token:secret-token@ci.example/group/app.git',
    project: { id: 1, name: 'app', path: 'group/app' },
    git: { ref: 'main', refType: 'branch', sha: 'a'.repeat(40), beforeSha: '0'.repeat(40) },
    predefined: [],
    dotenv: [plainVariable('PLACE', 'dotenv', { raw: false }), plainVariable('FROM', 'dotenv', { raw: false })],
    given: [],
    dependencies: [],
    retryCount: 0,
    startedAt: Date.UTC(2026, 0, 1),
    served: { ...SERVED, ...changes },
    ...facts,
  });
}

const lastOf = (made: ReturnType<typeof payload>, key: string) => made.variables.findLast((one) => one.key === key);

describe('the payload for a runner over HTTP', () => {
  it('names commit, branch and depth as GitLab does, and the commit by its sha', () => {
    expect(payload().git_info).toMatchObject({
      refspecs: [`+${'a'.repeat(40)}:refs/pipelines/3`, '+refs/heads/main:refs/remotes/origin/main'],
      depth: 20,
      repo_object_format: 'sha1',
      protected: true,
    });
    const whole = payload({}, { variables: [plainVariable('GIT_DEPTH', '0', { raw: false })] }).git_info;
    expect(whole).toMatchObject({ depth: 0 });
    expect(whole.refspecs).toContain('+refs/tags/*:refs/tags/*');
  });

  it('tells of the namespaces, and how busy the project keeps the runners for all, as GitLab does', () => {
    const info = { namespace_id: 12, root_namespace_id: 11, organization_id: 1, user_id: 2 };
    expect(payload().job_info).toMatchObject(info);
    const count = (besides: number | null) =>
      payload({ besides }).job_info.project_jobs_running_on_instance_runners_count;
    expect([count(0), count(4), count(5), count(null)]).toEqual(['0', '4', '5+', '+Inf']);
  });

  it('carries the token, hidden, and the timeout that counts', () => {
    const made = payload();
    expect(made).toMatchObject({ token: 'secret-token', allow_git_fetch: true, runner_info: { timeout: 600 } });
    expect(lastOf(made, 'CI_JOB_TOKEN')).toMatchObject({ value: 'secret-token', masked: true, public: false });
    expect(lastOf(made, 'CI_REPOSITORY_URL')).toMatchObject({ public: false });
    expect(lastOf(made, 'CI_PIPELINE_IID')?.value).toBe('5');
    expect(made.variables.some(({ key }) => key.startsWith('CI_REGISTRY'))).toBe(false);
  });

  it('lets variables of the project win over dotenv, and those given over all', () => {
    const yaml = { variables: [plainVariable('FROM', 'yaml', { raw: false })] };
    const made = payload({}, yaml, { given: [plainVariable('LAST', 'given', { raw: false })] });
    expect(['PLACE', 'FROM', 'LAST'].map((key) => lastOf(made, key)?.value)).toEqual(['project', 'dotenv', 'given']);
  });

  it('says `when: graceful` only to a runner that knows it', () => {
    const job = { interruptible: 'graceful', afterScript: ['c'] } as const;
    expect(payload({}, job).steps.at(-1)).toMatchObject({ when: 'always' });
    expect(payload({ hasGracefulSteps: true }, job).steps.at(-1)).toMatchObject({ when: 'graceful' });
  });

  it('hands out a cleanup alone with what struck its job', () => {
    const cleanup = { attempt: 2, cause: 'runner_lost', exitCode: null, requestedBy: null } as const;
    expect(payload({ cleanup })).toMatchObject({
      teardown_only: true,
      cleanup_attempt: 2,
      teardown: { cause: 'runner_lost', exit_code: null, requested_by: null },
    });
    expect(payload()).not.toHaveProperty('teardown_only');
  });

  it('keeps the caches of protected refs apart', () => {
    const cache = [
      { key: 'k', keyFiles: [], fallbackKeys: ['f'], paths: ['p'], untracked: false, policy: 'pull', when: 'always' },
    ] as const;
    expect(payload({}, { cache }).cache[0]).toMatchObject({ key: 'k-protected', fallback_keys: ['f-protected'] });
    const open = payload({ sources: { ...SERVED.sources, isProtected: false } }, { cache });
    expect(open.cache[0]?.key).toBe('k-non_protected');
  });
});
