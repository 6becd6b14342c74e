import { beforeAll, expect, it } from 'vitest';
import { jobsOf } from '../../../src/coordinator/testing/start-pipeline.ts';
import { STATUSES } from '../../../src/protocol/index.ts';
import { describePictures } from './support/describe-pictures.ts';
import { everyOutcome } from './support/every-outcome.ts';
import { everyStatus } from './support/every-status.ts';
import { CHILDREN, LONG, LONG_NAMES, PARENT, WIDE } from './support/extremes.ts';
import type { StagedProject } from './support/staged-project.ts';

describePictures('pictures of pipelines', (gallery) => {
  let store: StagedProject;
  let every = 0;
  let outcomes = 0;
  beforeAll(async () => {
    const { stage } = gallery();
    store = await stage.project({ path: 'store', files: {} });
    outcomes = await everyOutcome(stage, store);
    await stage.pass(3600);
    every = await everyStatus(stage, store);
  });

  it('shows a job of each status, by stages, by needs, and in a table', async () => {
    const { stage, open, show } = gallery();
    const seen = new Set((await jobsOf(stage.parts, every)).map(({ state }) => state.status));
    expect(STATUSES.filter((status) => !seen.has(status))).toEqual([]);
    const path = `/group/store/-/pipelines/${every}`;
    const visit = await open(path);
    const link = visit.page.getByRole('link', { name: /flaky/ }).first();
    await show(visit, 'pipeline', link);
    await visit.go(`${path}?by=needs`);
    await show(visit, 'pipeline-needs', link);
    await visit.go(`${path}/builds`);
    await show(visit, 'pipeline-jobs', link);
    await visit.go(`${path}/failures`);
    await show(visit, 'pipeline-failures', visit.page.getByRole('cell', { name: 'script failure' }).first());
  });

  it('shows how cleanups ended, each way that there is', async () => {
    const { open, show } = gallery();
    const visit = await open(`/group/store/-/pipelines/${outcomes}`);
    await show(visit, 'pipeline-ended', visit.page.getByRole('region', { name: 'Cleanup' }));
    await visit.go(`/group/store/-/pipelines/${outcomes}/builds`);
    await show(visit, 'pipeline-ended-jobs', visit.page.getByRole('link', { name: 'c-lost' }));
  });

  it('shows pipelines in a list, and that there are none', async () => {
    const { stage, open, show } = gallery();
    const visit = await open('/group/store');
    const { page } = visit;
    await show(visit, 'pipelines', page.getByRole('link', { name: /Fix the race/ }));
    await visit.go('/group/store/-/pipelines?ref=no-such');
    await show(visit, 'pipelines-filtered', page.getByRole('heading', { level: 2 }));
    await stage.project({ path: 'empty', files: {}, isEmpty: true });
    await visit.go('/group/empty');
    await show(visit, 'pipelines-none', page.getByRole('heading', { level: 2 }));
  });

  it('shows in place what a trigger job started, as many levels as there are', async () => {
    const { stage, open, show } = gallery();
    const parent = await stage.project({ path: 'parent', files: {} });
    const pipeline = await parent.push({ ci: PARENT, message: 'Build what changed', more: CHILDREN });
    const visit = await open(`/group/parent/-/pipelines/${pipeline}`);
    const { page } = visit;
    const shut = page.getByRole('main').locator('details:not([open]) > summary');
    await shut.first().click();
    await page.getByRole('link', { name: /\bcart\b/ }).waitFor();
    await shut.first().click();
    await show(visit, 'pipeline-children', page.getByRole('link', { name: /\bpayment\b/ }));
  });

  it('looks the same after a job was looked at', async () => {
    const { open } = gallery();
    const { page } = await open(`/group/store/-/pipelines/${outcomes}`);
    const card = page.getByRole('region', { name: 'Jobs', exact: true }).getByRole('link', { name: /c-lost/ });
    const before = await card.boundingBox();
    await card.click();
    await page.getByRole('heading', { level: 1, name: 'c-lost' }).waitFor();
    await page.goBack();
    await card.waitFor();
    expect(await card.boundingBox()).toEqual(before);
  });

  it('shows 200 jobs of a stage', async () => {
    const { stage, open, show } = gallery();
    const wide = await stage.project({ path: 'wide', files: {} });
    const pipeline = await wide.push({ ci: WIDE, message: 'Test everything' });
    const visit = await open(`/group/wide/-/pipelines/${pipeline}`);
    await show(visit, 'pipeline-wide', visit.page.getByRole('link', { name: /job-200/ }));
    await visit.go('/group/wide');
    await show(visit, 'pipelines-wide', visit.page.getByRole('link', { name: /Test everything/ }));
  });

  it('shows names as long as they may be, and of both directions', async () => {
    const { stage, open, show } = gallery();
    const long = await stage.project({ path: LONG.project, files: {} });
    const pipeline = await long.push({ ci: LONG_NAMES, message: LONG.message, ref: LONG.ref });
    const other = await long.push({
      ci: 'בדיקה: {script: x}\n',
      message: 'תקן את המרוץ בטופס הכניסה',
      ref: 'תיקון/כניסה',
    });
    await long.cancelPipeline(other);
    const visit = await open(`/${long.path}/-/pipelines/${pipeline}`);
    await show(visit, 'pipeline-long', visit.page.getByRole('link', { name: /אינטגרציה/ }));
    await visit.go(`/${long.path}/-/pipelines/${pipeline}/builds`);
    await show(visit, 'pipeline-long-jobs', visit.page.getByRole('link', { name: /אינטגרציה/ }));
    await visit.go(`/${long.path}/-/jobs`);
    await show(visit, 'jobs-long', visit.page.getByRole('link', { name: /אינטגרציה/ }));
    await visit.go(`/${long.path}`);
    await show(visit, 'pipelines-long', visit.page.getByRole('link', { name: /המרוץ/ }));
    await visit.go(`/${long.path}/-/jobs/${await long.jobId(pipeline, LONG.job)}`);
    await show(visit, 'job-long', visit.page.getByRole('heading', { level: 1 }));
  });

  it('says before it forces what that leaves undone', async () => {
    const { open, show } = gallery();
    await store.cancelPipeline(every);
    const visit = await open(`/group/store/-/pipelines/${every}`);
    await show(visit, 'pipeline-canceling', visit.page.getByRole('button', { name: 'Force cancel…' }));
    await visit.page.getByRole('button', { name: 'Force cancel…' }).click();
    await show(visit, 'pipeline-force', visit.page.getByRole('button', { name: /Force, leave/ }));
    await visit.go('/group/store');
    await show(visit, 'pipelines-canceling', visit.page.getByRole('link', { name: /Fix the race/ }));
  });
});
