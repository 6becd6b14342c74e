import { afterEach, beforeEach, expect, it } from 'vitest';
import { insertArtifact, type ManagerRecord, noteManager } from '../../../store/index.ts';
import { makeProject, type TestProject } from '../../testing/make-project.ts';
import { jobsOf, startPipeline } from '../../testing/start-pipeline.ts';
import { restRoutes } from '../index.ts';
import { type OpenedRest, openRest } from '../testing/open-rest.ts';

let rest: OpenedRest;
let project: TestProject;
let pipelineId: number;
const at = (path: string): string => `/projects/${project.id}/${path}`;
const names = async (path: string): Promise<readonly string[]> =>
  (await rest.ask('GET', at(path))).json.map((each: { name: string }) => each.name);
const idOf = async (name: string): Promise<number> =>
  (await jobsOf(rest.parts, pipelineId)).find((job) => job.name === name)?.id ?? -1;

const FILE = `
build: {stage: build, script: make, tags: [docker, fast]}
test: {stage: test, script: make test, allow_failure: true}
child: {stage: deploy, trigger: {include: child.yml}}
`;

beforeEach(async () => {
  rest = await openRest(restRoutes);
  project = await makeProject(rest.parts, { files: { '.gitlab-ci.yml': FILE, 'child.yml': 'c: {script: x}\n' } });
  pipelineId = await startPipeline(rest.parts, project, { userId: 30 });
});
afterEach(async () => {
  expect(rest.parts.complaints).toEqual([]);
  await rest.close();
});

it('shows a job as GitLab does, with its phase and what is owed', async () => {
  const { status, json } = await rest.ask('GET', at(`jobs/${await idOf('build')}`));
  expect(status).toBe(200);
  expect(json).toMatchObject({
    status: 'pending',
    stage: 'build',
    name: 'build',
    ref: 'main',
    tag: false,
    allow_failure: false,
    created_at: '2026-01-02T03:04:05.000Z',
    started_at: null,
    queued_duration: 0,
    user: { username: 'developer' },
    commit: { id: project.sha, short_id: project.sha.slice(0, 8), title: 'Start', author_name: 'Ada' },
    pipeline: { id: pipelineId, status: 'pending' },
    web_url: `http://ci.example/group/shop/-/jobs/${json.id}`,
    artifacts: [],
    runner: null,
    tag_list: ['docker', 'fast'],
    phase: null,
    teardown: null,
    cleanup: null,
    attempt: 0,
  });
  expect(Object.keys(json)).not.toContain('failure_reason');
  expect(Object.keys(json)).not.toContain('artifacts_file');
});

it('says why a job that waits for a runner will wait on', async () => {
  const stuck = async (name: string) => (await rest.ask('GET', at(`jobs/${await idOf(name)}`))).json.stuck;
  expect(await stuck('build')).toEqual({
    reason: 'no_runner_online',
    message: 'no runner that takes jobs of this project is online',
  });
  await heardOf('docker', { tags: '["docker"]', run_untagged: 0 });
  expect(await stuck('build')).toEqual({
    reason: 'no_runner_fits',
    message: 'no runner that is online has all tags of the job: docker, fast',
  });
  await heardOf('both', { tags: '["fast", "docker", "big"]' });
  expect([await stuck('build'), await stuck('test')]).toEqual([null, null]);
  expect(await stuck('nothing')).toBeUndefined();
  expect((await rest.ask('GET', at('jobs'))).json.map((job: { stuck: unknown }) => job.stuck)).toEqual([null, null]);
});

it('says so too where no machine of the runners that fit may have a job: in quarantine, or unable to cancel gracefully', async () => {
  const file = 'kept: {script: x, interruptible: graceful}\nany: {script: x}\n';
  const other = await makeProject(rest.parts, { path: 'kept', files: { '.gitlab-ci.yml': file } });
  const ids = (await jobsOf(rest.parts, await startPipeline(rest.parts, other))).map(({ id }) => id);
  const stuck = async () => {
    const shown = ids.map(async (id) => (await rest.ask('GET', `/projects/${other.id}/jobs/${id}`)).json);
    return (await Promise.all(shown)).map((job) => [job.name, job.stuck?.reason ?? null]);
  };
  const runnerId = await heardOf('blunt', { tags: '[]' });
  const word = { runnerId, systemId: 's_1', info: {} as ManagerRecord['info'], ip: null };
  const say = (features: readonly string[], quarantine: ManagerRecord['quarantine'] = null) =>
    rest.parts.store.write((tx) => noteManager(tx, { ...word, features, quarantine }));
  await say([]);
  expect(await stuck()).toEqual([
    ['kept', 'no_runner_cancels_gracefully'],
    ['any', null],
  ]);
  await say(['cancel_gracefully'], { since: '2026-01-02T03:04:05.000Z', reason: 'x' });
  expect(await stuck()).toEqual([
    ['kept', 'runners_quarantined'],
    ['any', 'runners_quarantined'],
  ]);
  await say(['cancel_gracefully']);
  expect((await stuck()).map(([, reason]) => reason)).toEqual([null, null]);
});

async function heardOf(description: string, changes: { tags: string; run_untagged?: number }): Promise<number> {
  const now = rest.parts.clock.now();
  const row = { kind: 'instance', description, token_hash: description, created_at: now, contacted_at: now };
  const { id } = await rest.parts.store.write(({ query }) =>
    query
      .insertInto('runners')
      .values({ ...row, run_untagged: 1, is_protected: 0, is_locked: 0, is_paused: 0, ...changes })
      .returning('id')
      .executeTakeFirstOrThrow(),
  );
  return id;
}

it('names what a job has left', async () => {
  const jobId = await idOf('build');
  const artifact = {
    jobId,
    projectId: project.id,
    type: 'archive',
    format: 'zip',
    filename: 'artifacts.zip',
    sizeBytes: 12,
    sha256: 'aa',
    blob: 'b',
    access: 'all',
    expiresAt: rest.parts.clock.now() + 1_000,
  } as const;
  await rest.parts.store.write((tx) => insertArtifact(tx, artifact));
  expect((await rest.ask('GET', at(`jobs/${jobId}`))).json).toMatchObject({
    artifacts_file: { filename: 'artifacts.zip', size: 12 },
    artifacts: [{ file_type: 'archive', size: 12, filename: 'artifacts.zip', file_format: 'zip' }],
    artifacts_expire_at: '2026-01-02T03:04:06.000Z',
  });
});

it('lists jobs of a project and of a pipeline, by status, without saying how many there are', async () => {
  expect(await names('jobs')).toEqual(['test', 'build']);
  expect(await names(`pipelines/${pipelineId}/jobs?sort=asc`)).toEqual(['build', 'test']);
  expect(await names('jobs?scope[]=created&scope[]=failed')).toEqual(['test']);
  expect(await names('jobs?scope=pending')).toEqual(['build']);
  const paged = await rest.ask('GET', at('jobs?per_page=1'));
  expect([paged.headers.get('x-next-page'), paged.headers.get('x-total')]).toEqual(['2', null]);
  expect(await names('jobs?per_page=1&page=2')).toEqual(['build']);
  const wrong = await rest.ask('GET', at('jobs?scope[]=sleeping'));
  expect([wrong.status, wrong.json.error]).toEqual([
    400,
    expect.stringMatching(/^scope does not have a valid value \(allowed: created, /),
  ]);
  expect((await rest.ask('GET', at('pipelines/999/jobs'))).status).toBe(404);
});

it('lists trigger jobs apart, with the pipeline that they started', async () => {
  const { json } = await rest.ask('GET', at(`pipelines/${pipelineId}/bridges`));
  expect(json).toMatchObject([{ name: 'child', stage: 'deploy', downstream_pipeline: null }]);
  expect((await rest.ask('GET', at(`jobs/${json[0].id}`))).json).toMatchObject({ name: 'child' });
});
