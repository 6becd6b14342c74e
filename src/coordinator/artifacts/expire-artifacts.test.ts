import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeOnEachEngine } from '../../../test/support/engines.ts';
import { playJob } from '../pipelines/index.ts';
import { makeProject, type TestProject } from '../testing/make-project.ts';
import { OUR_RUNNER } from '../testing/runners.ts';
import { type ServedAll, serveAll, type Who } from '../testing/serve-all.ts';
import { jobsOf, startPipeline } from '../testing/start-pipeline.ts';
import { askForJob, type TakenJob, takeJob } from '../testing/take-job.ts';
import { workOffLapsedLeases } from '../work/sweeps/lost-attempts.ts';
import { expireArtifacts } from './expire-artifacts.ts';
import { upload } from './testing/upload.ts';

const DAY_MS = 86_400_000;
const FILE = `
make: {script: x, artifacts: {paths: [a]}}
none: {script: x}
use: {stage: deploy, script: x, after_script: [y], interruptible: graceful, when: manual, allow_failure: false, needs: [make]}
other: {stage: deploy, script: x, when: manual, allow_failure: true, needs: [none, {job: make, artifacts: false}]}
`;

describeOnEachEngine((engine) => {
  let all: ServedAll;
  let project: TestProject;
  let pipeline: number;
  let make: TakenJob;

  beforeEach(async () => {
    all = await serveAll({ engine });
    project = await makeProject(all.parts, { path: 'kept', files: { '.gitlab-ci.yml': FILE } });
    await start();
  });
  afterEach(async () => {
    expect(all.parts.complaints).toEqual([]);
    await all.close();
  });

  /** A pipeline whose `make` has an archive for a day, and whose other jobs wait for somebody. */
  async function start(): Promise<void> {
    pipeline = await startPipeline(all.parts, project);
    for (const _ of ['make', 'none']) {
      const job = await takeJob(all.parts);
      if (job.name === 'make') {
        make = job;
        const sent = { jobId: job.jobId, token: job.token, content: 'x', query: 'expire_in=1+day' };
        expect(await upload(all, sent)).toMatchObject({ status: 201 });
      }
      await job.finish();
    }
  }

  async function play(name: string): Promise<string | undefined> {
    const job = (await jobsOf(all.parts, pipeline)).find((each) => each.name === name);
    await playJob(all.parts, job?.id ?? 0, { by: { id: null, name: 'ann' }, variables: [] });
    return (await askForJob(all.parts))?.name;
  }

  async function reasonOf(name: string): Promise<string | null | undefined> {
    return (await jobsOf(all.parts, pipeline)).find((job) => job.name === name)?.state.failureReason;
  }

  const sweep = () => expireArtifacts.run(all.parts, new AbortController().signal);
  const get = async (path: string) =>
    await all.ask('GET', `/api/v4/projects/${project.id}/${path}`, { as: 'administrator' });
  const archive = async () => (await get(`jobs/${make.jobId}/artifacts`)).status;

  it.each([
    ['not been removed yet', false],
    ['been removed', true],
  ])('gives no runner a job that needs an archive which has expired and has %s', async (_, isRemoved) => {
    all.parts.clock.pass(2 * DAY_MS);
    if (isRemoved) await sweep();
    expect(await archive()).toBe(404);
    expect((await get(`jobs/${make.jobId}`)).json.artifacts_expire_at).toBe('2026-01-03T03:04:05.000Z');
    expect(await play('use')).toBeUndefined();
    expect(await reasonOf('use')).toBe('missing_dependency_failure');
    expect(await play('other')).toBe('other');
  });

  it('has another runner clean up after a job whose archive has expired since', async () => {
    const job = (await jobsOf(all.parts, pipeline)).find(({ name }) => name === 'use');
    await playJob(all.parts, job?.id ?? 0, { by: { id: null, name: 'ann' }, variables: [] });
    const use = await takeJob(all.parts);
    await use.report({ type: 'script_started' });
    all.parts.clock.pass(2 * DAY_MS);
    await sweep();
    await workOffLapsedLeases(all.parts, new AbortController().signal);
    const cleanup = await takeJob(all.parts, { ...OUR_RUNNER, runnerId: 7 });
    expect(cleanup).toMatchObject({ kind: 'cleanup', name: 'use' });
  });

  it('gives a job whose needs have never made an archive, or have one still', async () => {
    expect(await play('use')).toBe('use');
    expect(await play('other')).toBe('other');
  });

  it("keeps what a ref's latest successful pipeline has made, for people and for jobs, until there is a newer one", async () => {
    await play('use');
    const [use] = (await jobsOf(all.parts, pipeline)).filter((job) => job.name === 'use');
    await all.parts.store.write(({ query }) => query.updateTable('pipelines').set({ status: 'success' }).execute());
    expect(use?.state.status).toBe('running');
    all.parts.clock.pass(2 * DAY_MS);
    await sweep();
    expect(await archive()).toBe(200);
    const old = make.jobId;
    await start();
    await all.parts.store.write(({ query }) => query.updateTable('pipelines').set({ status: 'success' }).execute());
    await sweep();
    expect((await get(`jobs/${old}/artifacts`)).status).toBe(404);
    expect(await archive()).toBe(200);
  });

  it('lets all artifacts of a project expire that are not kept, for a maintainer', async () => {
    const path = `/api/v4/projects/${all.project.id}/artifacts`;
    for (const as of ['nobody', 'stranger', 'developer'] as readonly Who[]) {
      expect([as, (await all.ask('DELETE', path, { as })).status]).toEqual([as, as === 'developer' ? 403 : 404]);
    }
    expect((await all.ask('DELETE', path, { as: 'maintainer' })).status).toBe(202);
    expect(await archive()).toBe(200);
    const own = `/api/v4/projects/${project.id}`;
    await all.ask('POST', `${own}/jobs/${make.jobId}/artifacts/keep`, { as: 'administrator' });
    const kept = make.jobId;
    await start();
    const { status, json } = await all.ask('DELETE', `${own}/artifacts`, { as: 'administrator' });
    expect([status, json]).toEqual([202, { message: '202 Accepted' }]);
    expect(await archive()).toBe(404);
    await sweep();
    expect((await get(`jobs/${kept}/artifacts`)).status).toBe(200);
    expect((await all.parts.blobs.list('artifacts/')).blobs).toHaveLength(1);
  });

  it("leaves what a ref's latest successful pipeline has made its own end, and what has expired the end that it had", async () => {
    const succeed = () =>
      all.parts.store.write(({ query }) => query.updateTable('pipelines').set({ status: 'success' }).execute());
    const end = async (jobId: number) => (await get(`jobs/${jobId}`)).json.artifacts_expire_at;
    const expired = make.jobId;
    all.parts.clock.pass(2 * DAY_MS);
    await start();
    const older = make.jobId;
    await start();
    await succeed();
    const ends = [await end(expired), await end(make.jobId)];
    const path = `/api/v4/projects/${project.id}/artifacts`;
    expect((await all.ask('DELETE', path, { as: 'administrator' })).status).toBe(202);
    expect([await end(expired), await end(make.jobId)]).toEqual(ends);
    expect(await end(older)).toBe(new Date(all.parts.clock.now()).toISOString());
  });
});
