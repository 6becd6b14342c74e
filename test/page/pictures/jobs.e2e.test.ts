import { beforeAll, it } from 'vitest';
import { jobsOf } from '../../../src/coordinator/testing/start-pipeline.ts';
import { describePictures } from './support/describe-pictures.ts';
import { everyOutcome } from './support/every-outcome.ts';
import { everyPhase } from './support/every-phase.ts';
import { everyStatus } from './support/every-status.ts';
import type { StagedProject } from './support/staged-project.ts';

const strip = { name: /^Clean(ing )?up$/ };

describePictures('pictures of jobs', (gallery) => {
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

  it('shows a job before, in and after its script, by status', async () => {
    const { stage, open, show } = gallery();
    const visit = await open('/group/store/-/jobs');
    await show(visit, 'jobs', visit.page.getByRole('link', { name: /nightly/ }));
    const jobs = await jobsOf(stage.parts, every);
    const named = ['compile', 'first', 'stuck', 'second', 'publish', 'report', 'rollback', 'nightly'];
    for (const { id, name, state } of jobs.filter(({ name }) => named.includes(name))) {
      await visit.go(`/group/store/-/jobs/${id}`);
      await show(visit, `job-${state.status}`, visit.page.getByRole('heading', { level: 1, name }));
    }
    await visit.go(`/group/store/-/jobs/${await store.jobId(every, 'lint')}`);
    await show(visit, 'job-folded', visit.page.locator('.log-fold').nth(3));
  });

  it('shows each way that a cleanup can have ended', async () => {
    const { open, show } = gallery();
    const visit = await open('/group/store/-/jobs');
    for (const name of ['a-met', 'b-failed', 'c-lost', 'd-skipped', 'e-timed-out']) {
      await visit.go(`/group/store/-/jobs/${await store.jobId(outcomes, name)}`);
      await show(visit, `job-cleanup-${name.slice(2)}`, visit.page.getByRole('region', strip));
    }
    const failed = await store.jobId(outcomes, 'b-failed');
    await store.ask('POST', `/jobs/${failed}/retry`);
    await visit.go(`/group/store/-/jobs/${await store.jobId(outcomes, 'b-failed')}`);
    await show(visit, 'job-attempts', visit.page.getByRole('link', { name: `#${failed}`, exact: true }));
  });

  it('shows each phase of a teardown', async () => {
    const { stage, open, show } = gallery();
    const phases = await everyPhase(stage, store);
    const visit = await open('/group/store/-/jobs');
    for (const [name, id] of phases) {
      await visit.go(`/group/store/-/jobs/${id}`);
      await show(visit, `job-teardown-${name}`, visit.page.getByRole('region', strip));
      if (name === 'waiting')
        await visit.page
          .getByText(/another runner/i)
          .first()
          .waitFor();
    }
    await visit.page.getByRole('button', { name: 'Force cancel…' }).click();
    await show(visit, 'job-force', visit.page.getByRole('button', { name: /Force, leave/ }));
    await visit.go('/group/store/-/obligations');
    await show(visit, 'obligations', visit.page.getByText('c-lost'));
    await visit.go('/group/store/-/jobs');
    await show(visit, 'jobs-teardown', visit.page.getByRole('link', { name: /saving/ }));
  });

  it('shows artifacts, a folder at a time', async () => {
    const { open, show } = gallery();
    const visit = await open(`/group/store/-/jobs/${await store.jobId(every, 'compile')}/artifacts/browse/out`);
    await show(visit, 'artifacts', visit.page.getByRole('link', { name: /reports/ }));
    await visit.page.getByRole('link', { name: /reports/ }).click();
    await show(visit, 'artifacts-folder', visit.page.getByText('unit.xml'));
  });
});
