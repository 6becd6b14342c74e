import type { Locator, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { ask } from '../serve/support/ask.ts';
import { HandRunner, type HeldJob } from '../serve/support/hand-runner.ts';
import { ServedProject, type ShownPipeline } from '../serve/support/served-project.ts';
import { describePage, type PageTest } from './support/describe-page.ts';
import { handsOf, WAYS } from './support/hands.ts';
import { lookAt } from './support/look-at.ts';
import { addPerson } from './support/people.ts';

const FILE = 'it: {script: "true", after_script: ["true"]}\n';

interface Running {
  readonly project: ServedProject;
  readonly pipeline: ShownPipeline;
  readonly held: HeldJob;
  readonly address: string;
}

/** A pipeline whose only job is in its script, in the hands of the test. */
async function run({ serving }: PageTest): Promise<Running> {
  const project = new ServedProject(serving);
  const pipeline = await project.start(FILE);
  const held = await (await HandRunner.of(serving, project)).take();
  await held.beginScript();
  return { project, pipeline, held, address: `/${project.path}/-/pipelines/${pipeline.id}` };
}

const button = (page: Page, name: string): Locator => page.getByRole('button', { name, exact: true });
const strip = (page: Page): Locator => page.getByRole('region', { name: 'Cleaning up' });

/** A runner that the test plays: nothing happens before its time. */
describePage(
  'cancelling',
  (test) => {
    it.each(WAYS)(
      'cancels gracefully, shows who asked and how long it takes at most, to everybody who looks, by %s',
      async (way) => {
        const { project, pipeline, held, address } = await run(test());
        const [ana, other] = [await test().visitAs('root'), await test().visitAs('root')];
        for (const { go } of [ana, other]) await go(address);
        await button(other.page, 'Cancel').waitFor();
        await handsOf(way, ana.page).press(button(ana.page, 'Cancel'));
        for (const { page } of [ana, other]) {
          await button(page, 'Force cancel…').waitFor();
          await strip(page).getByText('1 job is cleaning up').waitFor();
          await strip(page).getByText('Canceled by root').waitFor();
          await strip(page).getByRole('timer').waitFor();
        }
        expect((await project.pipeline(pipeline)).status).toBe('canceling');
        // A second Enter forces nothing.
        expect(await button(ana.page, 'Force cancel…').and(ana.page.locator(':focus')).count()).toBe(0);
        if (way === 'mouse') expect(await lookAt(other.page, 'pipeline-canceling')).toEqual([]);
        await held.finish('failed', 'canceled');
        for (const { page } of [ana, other]) {
          await strip(page).waitFor({ state: 'detached' });
          await page.getByRole('heading', { level: 1 }).waitFor();
          expect(await button(page, 'Force cancel…').count()).toBe(0);
        }
        expect((await project.pipeline(pipeline)).status).toBe('canceled');
      },
    );

    it.each(WAYS)(
      'forces only after it has said what that leaves behind, and shows it afterwards, by %s',
      async (way) => {
        const { project, pipeline, address } = await run(test());
        await project.cancelPipeline(pipeline);
        const { page, go } = await test().visitAs('root');
        await go(address);
        const hands = handsOf(way, page);
        await hands.press(button(page, 'Force cancel…'));
        const dialog = page.getByRole('dialog', { name: `Force cancel pipeline #${pipeline.id}?` });
        await button(page, 'Force, leave 1 undone').waitFor();
        if (way === 'mouse') expect(await lookAt(page, 'pipeline-force')).toEqual([]);
        await hands.press(button(page, 'Let it clean up'));
        await dialog.waitFor({ state: 'detached' });
        expect((await project.pipeline(pipeline)).status).toBe('canceling');
        await hands.press(button(page, 'Force cancel…'));
        await hands.press(button(page, 'Force, leave 1 undone'));
        await page
          .getByRole('region', { name: 'Cleanup' })
          .getByText(/^1 cleanup skipped/)
          .waitFor();
        expect(await project.job(pipeline, 'it')).toMatchObject({
          status: 'canceled',
          cleanup: { outcome: 'skipped', skipped_by: 'root' },
        });
      },
    );

    it('says of a pipeline one of whose jobs was canceled what became of that job', async () => {
      const { project, held, address } = await run(test());
      const { page, go } = await test().visitAs('root');
      await go(address);
      expect((await project.ask(`/jobs/${held.id}/cancel`, 'POST')).status).toBe(201);
      await strip(page).getByText('1 job is cleaning up').waitFor();
      await held.finish('failed', 'canceled');
      await page.getByRole('region', { name: 'Cleanup', exact: true }).getByText('1 job was canceled.').waitFor();
    });

    it('shows no button to a reader without the right, who is refused by the API too', async () => {
      const { project, pipeline, address } = await run(test());
      const { serving } = test();
      const user = await addPerson(serving, 'li');
      const member = await project.ask('/members', 'POST', { body: { user_id: user, access_level: 20 } });
      expect(member.status).toBe(201);
      const { page, go, session } = await test().visitAs('li');
      await go(address);
      await page.getByRole('link', { name: /\bit\b/ }).waitFor();
      expect(await page.getByRole('main').getByRole('button').count()).toBe(0);
      const headers = { cookie: `epilogue_session=${session}` };
      const known = await ask(`${serving.base}/-/page/session`, 'GET', { headers });
      const path = `/api/v4/projects/${await project.id()}/pipelines/${pipeline.id}/cancel`;
      const refused = await ask(`${serving.base}${path}`, 'POST', {
        headers: { ...headers, 'x-csrf-token': known.json.csrf_token },
      });
      expect(refused.status).toBe(403);
      expect((await project.pipeline(pipeline)).status).toBe('running');
    });
  },
  ['--no-runner'],
);
