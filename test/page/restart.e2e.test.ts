import { expect, it } from 'vitest';
import { HandRunner } from '../serve/support/hand-runner.ts';
import { ServedProject } from '../serve/support/served-project.ts';
import { describePage } from './support/describe-page.ts';
import { lookAt } from './support/look-at.ts';

const FLAGS = ['--no-runner'];

describePage(
  'a coordinator that goes and comes back',
  (test) => {
    it.each(['SIGTERM', 'SIGKILL'] as const)(
      'is said to be away while it is, and what happens afterwards is seen without a reload (%s)',
      async (signal) => {
        const { serving, visitAs } = test();
        const project = new ServedProject(serving);
        const pipeline = await project.start('it: {script: "true", after_script: ["true"]}\n');
        const held = await (await HandRunner.of(serving, project)).take();
        await held.beginScript();
        const visit = await visitAs('root');
        const { page } = visit;
        // The browser's own words for a server that is away.
        visit.expectFault(/net::ERR_/);
        await visit.go(`/${project.path}/-/pipelines/${pipeline.id}`);
        await page.getByRole('button', { name: 'Cancel', exact: true }).waitFor();
        const away = page.getByRole('status').getByText('Not live since');
        expect(await away.count()).toBe(0);
        const { host } = new URL(serving.base);
        await serving.stop(signal);
        await away.waitFor();
        if (signal === 'SIGTERM') expect(await lookAt(page, 'pipeline-not-live')).toEqual([]);
        await serving.start(...FLAGS, '--listen', host);
        await away.waitFor({ state: 'detached' });
        await project.cancelPipeline(pipeline);
        await page.getByRole('region', { name: 'Cleaning up' }).waitFor();
        await held.finish('failed', 'canceled');
        await page.getByRole('region', { name: 'Cleaning up' }).waitFor({ state: 'detached' });
      },
    );
  },
  FLAGS,
);
