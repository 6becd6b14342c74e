import { Gitlab } from '@gitbeaker/rest';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { lockResourceGroup, putMember } from '../../store/index.ts';
import { appendLog } from '../logs/index.ts';
import { makeProject, type TestProject } from '../testing/make-project.ts';
import { takeJob } from '../testing/take-job.ts';
import { hashToken } from '../work/index.ts';
import { restRoutes } from './index.ts';
import { type OpenedRest, openRest } from './testing/open-rest.ts';

/** A client that others wrote, used as it is. */
let gitlab: InstanceType<typeof Gitlab>;
let rest: OpenedRest;
let project: TestProject;

const FILE = `
build: {stage: build, script: make, after_script: clean}
deploy: {stage: deploy, script: ship, when: manual, needs: []}
child: {stage: deploy, trigger: {include: child.yml}}
`;

beforeEach(async () => {
  rest = await openRest(restRoutes);
  project = await makeProject(rest.parts, { files: { '.gitlab-ci.yml': FILE, 'child.yml': 'c: {script: x}\n' } });
  gitlab = new Gitlab({ host: new URL(rest.api).origin, token: 'owner' });
});
afterEach(async () => {
  expect(rest.parts.complaints).toEqual([]);
  await rest.close();
});

it('serves pipelines to @gitbeaker/rest', async () => {
  const { Pipelines, Jobs } = gitlab;
  const variables = [{ key: 'WHERE', value: 'eu', variableType: 'env_var' as const }];
  const made = await Pipelines.create(project.id, 'main', { variables });
  expect(made).toMatchObject({ ref: 'main', source: 'api', status: 'pending' });
  const more = [await Pipelines.create(project.id, 'main'), await Pipelines.create('group/shop', 'main')];
  const ids = [...more.map(({ id }) => id).reverse(), made.id];
  expect((await Pipelines.all(project.id, { perPage: 1 })).map(({ id }) => id)).toEqual(ids);
  expect(await Pipelines.all(project.id, { status: 'failed' })).toEqual([]);
  expect((await Pipelines.show(project.id, made.id)).iid).toBe(1);
  expect((await Pipelines.showLatest(project.id)).id).toBe(ids[0]);
  expect(await Pipelines.allVariables(project.id, made.id)).toMatchObject([{ key: 'WHERE' }]);
  expect((await Jobs.allPipelineBridges(project.id, made.id)).map(({ name }) => name)).toEqual(['child']);
  await expect(Pipelines.create(project.id, 'none')).rejects.toMatchObject({ cause: { response: { status: 400 } } });
  await Pipelines.cancel(project.id, made.id);
  expect((await Pipelines.retry(project.id, made.id)).id).toBe(made.id);
  for (const { id } of await Jobs.all(project.id, { pipelineId: made.id })) await Jobs.cancel(project.id, id);
  await Pipelines.cancel(project.id, made.id);
  await Pipelines.remove(project.id, made.id);
  await expect(Pipelines.show(project.id, made.id)).rejects.toMatchObject({ cause: { response: { status: 404 } } });
});

it('serves the life of a job to @gitbeaker/rest', async () => {
  const { Pipelines, Jobs } = gitlab;
  const { id: pipelineId } = await Pipelines.create(project.id, 'main');
  const jobs = await Jobs.all(project.id, { pipelineId, includeRetried: true });
  expect(jobs.map(({ name, status }) => [name, status])).toEqual([
    ['deploy', 'manual'],
    ['build', 'pending'],
  ]);
  expect((await Jobs.all(project.id, { scope: 'manual', perPage: 1 })).map(({ name }) => name)).toEqual(['deploy']);
  const job = await takeJob(rest.parts);
  const piece = { offset: 0, bytes: Buffer.from('hello\n'), leaseMs: 60_000, maxBytes: 1_000 };
  await appendLog(rest.parts, await job.attemptRecord(), piece);
  expect(await Jobs.showLog(project.id, job.jobId)).toBe('hello\n');
  await job.finish(1);
  expect(await Jobs.show(project.id, job.jobId)).toMatchObject({ status: 'failed', failure_reason: 'script_failure' });
  const again = await Jobs.retry(project.id, job.jobId);
  expect((await Jobs.cancel(project.id, again.id)).status).toBe('canceled');
  expect((await Jobs.erase(project.id, job.jobId)).erased_at).not.toBeNull();
  const deploy = jobs[0]?.id ?? 0;
  const jobVariablesAttributes = [{ key: 'WHERE', value: 'eu' }];
  expect((await Jobs.play(project.id, deploy, { jobVariablesAttributes })).status).toBe('pending');
});

it('serves lint, resource groups and its version to @gitbeaker/rest', async () => {
  expect((await gitlab.Lint.lint(project.id, 'a: {script: x}\n')).valid).toBe(true);
  expect((await gitlab.Lint.check(project.id, {})).valid).toBe(true);
  await rest.parts.store.write((tx) => lockResourceGroup(tx, project.id, 'place'));
  const { ResourceGroups } = gitlab;
  expect(await ResourceGroups.edit(project.id, 'place', { processMode: 'oldest_first' })).toMatchObject({
    key: 'place',
  });
  expect((await ResourceGroups.show(project.id, 'place')).process_mode).toBe('oldest_first');
  expect(await ResourceGroups.all(project.id)).toHaveLength(1);
  expect(await ResourceGroups.allUpcomingJobs(project.id, 'place')).toEqual([]);
  expect((await gitlab.Metadata.show()).version).toBe('0.0.0-test');
});

it('takes what @gitbeaker/rest sends with a trigger token', async () => {
  const member = { source: 'project', sourceId: project.id, userId: 40, role: 40, expiresAt: null } as const;
  await rest.parts.store.write((tx) => putMember(tx, member));
  const row = { kind: 'trigger', token_hash: hashToken('good'), project_id: project.id, name: 't', scopes: '[]' };
  await rest.parts.store.write(({ query }) =>
    query
      .insertInto('tokens')
      .values({ ...row, user_id: 40, created_at: 0 })
      .execute(),
  );
  const { PipelineTriggerTokens, Pipelines } = gitlab;
  const made = await PipelineTriggerTokens.trigger(project.id, 'main', 'good', { variables: { WHERE: 'eu' } });
  expect(await Pipelines.allVariables(project.id, made.id)).toMatchObject([{ key: 'WHERE', value: 'eu' }]);
});
