import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeZip } from '../../../test/support/zips.ts';
import { makeProject, type TestProject } from '../testing/make-project.ts';
import { EVERYBODY, type ServedAll, serveAll, type Who } from '../testing/serve-all.ts';
import { startPipeline } from '../testing/start-pipeline.ts';
import { type TakenJob, takeJob } from '../testing/take-job.ts';
import { upload } from './testing/upload.ts';

const FILE = `
all: {script: x, artifacts: {paths: [a]}}
private: {script: x, artifacts: {paths: [a], public: false}}
maintainer: {script: x, artifacts: {paths: [a], access: maintainer}}
none: {script: x, artifacts: {paths: [a], access: none}}
reader: {stage: deploy, script: x, needs: [all, private, maintainer, none]}
`;
const MAKERS = ['all', 'private', 'maintainer', 'none'] as const;
type Maker = (typeof MAKERS)[number];

let all: ServedAll;
let project: TestProject;
const jobs = new Map<string, TakenJob>();

beforeAll(async () => {
  all = await serveAll();
  project = await makeProject(all.parts, { path: 'kept', files: { '.gitlab-ci.yml': FILE } });
  const { id } = project;
  await all.parts.store.write(({ query }) => query.updateTable('members').set({ source_id: id }).execute());
  await startPipeline(all.parts, project, { userId: all.userIds.get('developer') ?? null });
  const content = await makeZip([{ path: 'a', content: 'secret' }]);
  for (const _ of MAKERS) {
    const job = await takeJob(all.parts);
    jobs.set(job.name, job);
    expect(await upload(all, { jobId: job.jobId, token: job.token, content })).toMatchObject({ status: 201 });
    await job.finish();
  }
  jobs.set('reader', await takeJob(all.parts));
});
afterAll(() => all.close());

const tokenOf = (name: string) => jobs.get(name)?.token ?? '';
const idOf = (name: string) => jobs.get(name)?.jobId ?? 0;

async function setVisibility(visibility: string): Promise<void> {
  await all.parts.store.write(({ query }) => query.updateTable('projects').set({ visibility }).execute());
}

/** One status, whichever way it is asked for. */
async function ask(maker: Maker, as: Who, headers: Readonly<Record<string, string>> = {}): Promise<number> {
  const base = `/api/v4/projects/${project.id}/jobs`;
  const paths = [
    `${base}/${idOf(maker)}/artifacts`,
    `${base}/${idOf(maker)}/artifacts/a`,
    `${base}/${idOf(maker)}/artifacts/tree`,
  ];
  const statuses = new Set<number>();
  for (const path of paths) statuses.add((await all.ask('GET', path, { as, headers })).status);
  expect(statuses.size).toBe(1);
  return [...statuses][0] ?? 0;
}

async function table(): Promise<Readonly<Record<string, readonly number[]>>> {
  const rows: [string, readonly number[]][] = [];
  for (const who of EVERYBODY) {
    const row: number[] = [];
    for (const maker of MAKERS) row.push(await ask(maker, who));
    rows.push([who, row]);
  }
  return Object.fromEntries(rows);
}

it('gives artifacts of a private project to its members, as far as the job lets it', async () => {
  await setVisibility('private');
  expect(await table()).toEqual({
    nobody: [404, 404, 404, 404],
    stranger: [404, 404, 404, 404],
    guest: [200, 403, 403, 403],
    reporter: [200, 403, 403, 403],
    developer: [200, 200, 403, 403],
    maintainer: [200, 200, 200, 403],
    owner: [200, 200, 200, 403],
    administrator: [200, 200, 200, 403],
  });
});

it('gives those of a public project to anybody, and to nobody else what is not public', async () => {
  await setVisibility('public');
  expect(await table()).toMatchObject({
    nobody: [200, 403, 403, 403],
    stranger: [200, 403, 403, 403],
    guest: [200, 403, 403, 403],
    developer: [200, 200, 403, 403],
  });
});

it('takes a job token for the person who started the job', async () => {
  await setVisibility('private');
  const headers = { 'job-token': tokenOf('reader') };
  const statuses: number[] = [];
  for (const maker of MAKERS) statuses.push(await ask(maker, 'nobody', headers));
  expect(statuses).toEqual([200, 200, 403, 403]);
});

it('gives them by ref as it does by job', async () => {
  await jobs.get('reader')?.finish();
  const path = (maker: Maker) => `/api/v4/projects/${project.id}/jobs/artifacts/main/download?job=${maker}`;
  const raw = (maker: Maker) => `/api/v4/projects/${project.id}/jobs/artifacts/main/raw/a?job=${maker}`;
  for (const of of [path, raw]) {
    expect((await all.ask('GET', of('private'), { as: 'reporter' })).status).toBe(403);
    expect((await all.ask('GET', of('private'), { as: 'developer' })).status).toBe(200);
    expect((await all.ask('GET', of('none'), { as: 'owner' })).status).toBe(403);
  }
});

it('gives a runner whatever the job depends on that it runs', async () => {
  await startPipeline(all.parts, project);
  const running = await takeJob(all.parts);
  for (const maker of MAKERS) {
    const headers = { 'job-token': running.token };
    const { status } = await all.ask('GET', `/api/v4/jobs/${idOf(maker)}/artifacts`, { as: 'nobody', headers });
    expect(status).toBe(200);
  }
});
