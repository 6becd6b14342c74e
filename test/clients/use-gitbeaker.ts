import { Gitlab } from '@gitbeaker/rest';
import { expect } from 'vitest';
import { waitUntil } from '../support/wait-until.ts';

export type Client = InstanceType<typeof Gitlab>;

export function openGitbeaker(host: string, token: string): Client {
  return new Gitlab({ host, token });
}

const missing = { cause: { response: { status: 404 } } };

export async function useProject(gitlab: Client, path: string): Promise<void> {
  const { Projects, Users, Metadata, Branches, Commits, Repositories, RepositoryFiles, Tags } = gitlab;
  expect((await Metadata.show()).version).toMatch(/^\d/);
  expect((await Users.showCurrentUser()).username).toBe('root');
  const { id } = await Projects.show(path);
  expect((await Projects.all({ search: 'beaker' })).map((project) => project.id)).toContain(id);
  const made = await Projects.create({ name: 'Made by gitbeaker' });
  expect((await Projects.edit(made.id, { description: 'changed' })).description).toBe('changed');
  expect((await Projects.archive(made.id)).archived).toBe(true);
  expect((await Projects.unarchive(made.id)).archived).toBe(false);
  expect((await Projects.search('Made by')).map((project) => project.id)).toEqual([made.id]);
  await Projects.remove(made.id);
  await expect(Projects.show('root/none')).rejects.toMatchObject(missing);
  expect((await Branches.show(path, 'main')).protected).toBe(true);
  expect(await Tags.all(path)).toEqual([]);
  expect((await Commits.all(path))[0]?.title).toBe('Change');
  expect((await Repositories.allRepositoryTrees(path)).map((file) => file.path)).toContain('README.md');
  expect(await RepositoryFiles.showRaw(path, 'README.md', 'main')).toBe('hello\n');
  expect((await Repositories.showArchive(path, { fileType: 'zip' })).size).toBeGreaterThan(100);
}

export async function useSettings(gitlab: Client, path: string): Promise<void> {
  const { Lint, ProjectVariables, InstanceLevelCICDVariables, PipelineTriggerTokens, Pipelines } = gitlab;
  expect((await Lint.lint(path, 'a: {script: x}')).valid).toBe(true);
  expect((await Lint.lint(path, 'a: {}')).valid).toBe(false);
  expect((await Lint.check(path, {})).valid).toBe(true);
  await ProjectVariables.create(path, 'WHERE', 'eu-west-1', { masked: true, environmentScope: 'prod' });
  await ProjectVariables.edit(path, 'WHERE', 'us-east-1', { filter: { environment_scope: 'prod' } });
  expect(await ProjectVariables.show(path, 'WHERE')).toMatchObject({ value: 'us-east-1', masked: true });
  expect(await ProjectVariables.all(path)).toHaveLength(1);
  await ProjectVariables.remove(path, 'WHERE');
  await expect(ProjectVariables.show(path, 'WHERE')).rejects.toMatchObject(missing);
  await InstanceLevelCICDVariables.create('FROM_GITBEAKER', '1');
  expect((await InstanceLevelCICDVariables.all()).map(({ key }) => key)).toContain('FROM_GITBEAKER');
  expect((await InstanceLevelCICDVariables.edit('FROM_GITBEAKER', '2')).value).toBe('2');
  await InstanceLevelCICDVariables.remove('FROM_GITBEAKER');
  const trigger = await PipelineTriggerTokens.create(path, 'of gitbeaker');
  const fired = await PipelineTriggerTokens.trigger(path, 'main', trigger.token, { variables: { SLOW: 'yes' } });
  expect((await Pipelines.allVariables(path, fired.id)).map(({ key }) => key)).toContain('SLOW');
  await Pipelines.cancel(path, fired.id);
  await PipelineTriggerTokens.edit(path, trigger.id, { description: 'still' });
  expect((await PipelineTriggerTokens.show(path, trigger.id)).description).toBe('still');
  expect((await PipelineTriggerTokens.all(path)).map(({ id }) => id)).toEqual([trigger.id]);
  await PipelineTriggerTokens.remove(path, trigger.id);
}

export async function usePipelines(gitlab: Client, path: string): Promise<void> {
  const { Pipelines, Jobs } = gitlab;
  const variables = [{ key: 'SLOW', value: 'yes', variableType: 'env_var' as const }];
  const { id } = await Pipelines.create(path, 'main', { variables });
  const [slow] = await Jobs.all(path, { pipelineId: id });
  await waitUntil('the script has begun', async () => (await Jobs.showLog(path, slow?.id ?? 0)).includes('begun'));
  expect((await Jobs.all(path, { pipelineId: id, scope: 'running' })).map((job) => job.id)).toEqual([slow?.id]);
  expect((await Pipelines.all(path, { ref: 'main', status: 'running' })).map((each) => each.id)).toEqual([id]);
  expect((await Pipelines.showLatest(path, { ref: 'main' })).id).toBe(id);
  await Pipelines.cancel(path, id);
  const statusOf = async (): Promise<string> => (await Pipelines.show(path, id)).status;
  await waitUntil('it is canceled', async () => (await statusOf()) === 'canceled');
  expect(await Jobs.showLog(path, slow?.id ?? 0)).toContain('cleaned after canceled');
  await Pipelines.retry(path, id);
  const again = (await Jobs.all(path, { pipelineId: id })).find((job) => job.id !== slow?.id);
  expect(await Jobs.all(path, { pipelineId: id, includeRetried: true })).toHaveLength(2);
  await Jobs.cancel(path, again?.id ?? 0);
  await waitUntil('it is canceled again', async () => (await statusOf()) === 'canceled');
  expect(await Jobs.allPipelineBridges(path, id)).toEqual([]);
  await Pipelines.remove(path, id);
  await expect(Pipelines.show(path, id)).rejects.toMatchObject(missing);
}

export async function useJobs(gitlab: Client, path: string): Promise<void> {
  const { Pipelines, Jobs, JobArtifacts, Runners } = gitlab;
  const { id: pipelineId } = await Pipelines.create(path, 'main');
  const jobs = await Jobs.all(path, { pipelineId });
  const [make = 0, ship = 0] = ['make', 'ship'].map((name) => jobs.find((job) => job.name === name)?.id);
  const done = async (id: number) => (await Jobs.show(path, id)).status === 'success';
  await waitUntil('make is done', () => done(make));
  expect(await Jobs.showLog(path, make)).toContain('made by make');
  expect((await JobArtifacts.downloadArchive(path, { jobId: make })).size).toBeGreaterThan(100);
  expect((await JobArtifacts.downloadArchive(path, { jobId: make, artifactPath: 'out/a.txt' })).size).toBe(5);
  const ofRef = { job: 'make', ref: 'main' };
  await waitUntil('the pipeline is done', async () => (await Pipelines.show(path, pipelineId)).status === 'success');
  expect((await JobArtifacts.downloadArchive(path, ofRef)).size).toBeGreaterThan(100);
  expect((await JobArtifacts.downloadArchive(path, { ...ofRef, artifactPath: 'out/a.txt' })).size).toBe(5);
  expect((await JobArtifacts.keep(path, make)).id).toBe(make);
  expect((await Jobs.show(path, make)).artifacts_expire_at).toBeNull();
  await Jobs.play(path, ship);
  await waitUntil('ship is done', () => done(ship));
  await Jobs.retry(path, ship);
  expect((await Jobs.erase(path, ship)).erased_at).not.toBeNull();
  await JobArtifacts.remove(path, { jobId: make });
  await expect(JobArtifacts.downloadArchive(path, { jobId: make })).rejects.toMatchObject(missing);
  const runner = (await Jobs.show(path, make)).runner.id;
  expect((await Runners.allJobs(runner)).map(({ id }) => id)).toContain(make);
}

/** @param registrationToken for runners of the project */
export async function useRunners(gitlab: Client, path: string, registrationToken: string): Promise<void> {
  const { Runners, Users, Projects } = gitlab;
  const { id: projectId } = await Projects.show(path);
  const { id } = await Users.createCIRunner('project_type', { projectId, tagList: ['beaker'] });
  expect((await Runners.edit(id, { description: 'of gitbeaker' })).description).toBe('of gitbeaker');
  expect((await Runners.show(id)).tag_list).toEqual(['beaker']);
  expect((await Runners.all()).map((runner) => runner.id)).toContain(id);
  expect((await Runners.all({ owned: true })).map((runner) => runner.id)).toContain(id);
  const ofProject = await Runners.all({ projectId, type: 'project_type' });
  expect(ofProject.map((runner) => runner.id)).toEqual([id]);
  const other = await Projects.create({ name: 'Of another runner' });
  await Runners.enable(other.id, id);
  expect((await Runners.show(id)).projects).toMatchObject([{ id: projectId }, { id: other.id }]);
  await Runners.disable(other.id, id);
  await Projects.remove(other.id);
  const legacy = await Runners.register(registrationToken, { description: 'legacy', tagList: ['old'] });
  expect((await Runners.show(Number(legacy.id))).tag_list).toEqual(['old']);
  await Runners.remove({ token: legacy.token });
  await Runners.remove({ runnerId: id });
}
