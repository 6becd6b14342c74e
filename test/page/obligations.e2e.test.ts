import { expect, it } from 'vitest';
import { HandRunner } from '../serve/support/hand-runner.ts';
import { ServedProject } from '../serve/support/served-project.ts';
import { describePage } from './support/describe-page.ts';
import { lookAt } from './support/look-at.ts';

describePage(
  'obligations',
  (test) => {
    it('shows a cleanup that failed where it is looked for: with the pipeline, and among what is owed', async () => {
      const { serving, visitAs } = test();
      const project = new ServedProject(serving);
      const pipeline = await project.start('it: {script: "true", after_script: ["true"]}\n');
      const held = await (await HandRunner.of(serving, project)).take();
      await held.beginScript();
      const [atPipeline, atObligations] = [await visitAs('root'), await visitAs('root')];
      await atPipeline.go(`/${project.path}/-/pipelines/${pipeline.id}`);
      await atObligations.go(`/${project.path}/-/obligations`);
      await atObligations.page.getByRole('heading', { name: 'Obligations', level: 1 }).waitFor();
      await project.cancelPipeline(pipeline);
      await held.finish('failed', 'canceled', 'failed');
      await atPipeline.page.getByRole('region', { name: 'Cleanup' }).getByText('1 cleanup failed').waitFor();
      const row = atObligations.page.getByRole('listitem').filter({ hasText: `#${held.id}` });
      await row.getByText('failed', { exact: true }).waitFor();
      expect(await lookAt(atPipeline.page, 'pipeline-cleanup-failed')).toEqual([]);
      expect(await lookAt(atObligations.page, 'obligations-failed')).toEqual([]);
    });

    it.each([
      ['failed', 'failed'],
      ['timed_out', 'timed out'],
      ['skipped', 'skipped'],
    ])('says in every list that a cleanup ended as %s, while one looks', async (outcome, words) => {
      const { serving, visitAs } = test();
      const project = new ServedProject(serving);
      const pipeline = await project.start('it: {script: "true", after_script: ["true"]}\n');
      const held = await (await HandRunner.of(serving, project)).take();
      await held.beginScript();
      const [atPipelines, atJobs, atPipeline] = [await visitAs('root'), await visitAs('root'), await visitAs('root')];
      await atPipelines.go(`/${project.path}/-/pipelines`);
      await atJobs.go(`/${project.path}/-/jobs`);
      await atPipeline.go(`/${project.path}/-/pipelines/${pipeline.id}/builds`);
      const rows = [
        atPipelines.page.getByRole('listitem').filter({ hasText: `#${pipeline.id}` }),
        atJobs.page.getByRole('row').filter({ hasText: `#${pipeline.id}` }),
        atPipeline.page
          .getByRole('row')
          .filter({ has: atPipeline.page.getByRole('link', { name: 'it', exact: true }) }),
      ];
      for (const row of rows) await row.waitFor();
      await project.cancelPipeline(pipeline);
      if (outcome === 'skipped') await project.cancelPipeline(pipeline, '?force=true');
      else await held.finish('failed', 'canceled', outcome);
      for (const row of rows) {
        await row.getByText('canceled', { exact: true }).first().waitFor();
        await row.getByText(words).first().waitFor();
      }
      // They look alike but for the word.
      if (outcome !== 'timed_out') return;
      expect(await lookAt(atPipelines.page, 'pipelines-cleanup')).toEqual([]);
      expect(await lookAt(atJobs.page, 'jobs-cleanup')).toEqual([]);
    });
  },
  ['--no-runner'],
);
