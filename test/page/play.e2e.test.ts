import type { Locator, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { ServedProject } from '../serve/support/served-project.ts';
import { describePage } from './support/describe-page.ts';
import { handsOf, WAYS } from './support/hands.ts';
import { lookAt } from './support/look-at.ts';
import { addPerson } from './support/people.ts';

const QUESTION = 'This goes to everybody. <b>Sure?</b>';
const FILE = `
plain: {script: "true", when: manual}
deploy: {script: "true", when: manual, manual_confirmation: "${QUESTION}"}
later: {script: "true", when: delayed, start_in: 3 hours}
`;

const button = (page: Page, name: string): Locator => page.getByRole('button', { name, exact: true });

describePage(
  'starting manual jobs',
  (test) => {
    it.each(WAYS)('starts one from the pipeline, and asks first where its file wants that, by %s', async (way) => {
      const project = new ServedProject(test().serving);
      const pipeline = await project.start(FILE);
      const { page, go } = await test().visitAs('root');
      await go(`/${project.path}/-/pipelines/${pipeline.id}`);
      const hands = handsOf(way, page);
      await hands.press(button(page, 'Play deploy'));
      const dialog = page.getByRole('dialog', { name: 'Start deploy?' });
      await dialog.getByText(QUESTION).waitFor();
      if (way === 'mouse') expect(await lookAt(page, 'play-question')).toEqual([]);
      await hands.press(button(page, 'Do not start it'));
      await dialog.waitFor({ state: 'detached' });
      expect(await project.statuses(pipeline)).toEqual({ plain: 'manual', deploy: 'manual', later: 'scheduled' });
      if (way === 'mouse') expect(await lookAt(page, 'pipeline-manual')).toEqual([]);
      await hands.press(button(page, 'Play plain'));
      await project.untilJob(pipeline, 'plain', 'pending');
      await hands.press(button(page, 'Play deploy'));
      await hands.press(button(page, 'Yes, start it'));
      await project.untilJob(pipeline, 'deploy', 'pending');
      await page.getByRole('link', { name: /later starts / }).waitFor();
      await hands.press(button(page, 'Play later'));
      await project.untilJob(pipeline, 'later', 'pending');
      expect(await project.statuses(pipeline)).toEqual({ plain: 'pending', deploy: 'pending', later: 'pending' });
    });

    it('asks on the page of the job too', async () => {
      const project = new ServedProject(test().serving);
      const pipeline = await project.start(FILE);
      const { id } = await project.job(pipeline, 'deploy');
      const { page, go } = await test().visitAs('root');
      await go(`/${project.path}/-/jobs/${id}`);
      await button(page, 'Play').click();
      await page.getByRole('dialog', { name: 'Start deploy?' }).getByText(QUESTION).waitFor();
      // Escape is the way back.
      await page.keyboard.press('Escape');
      expect((await project.job(pipeline, 'deploy')).status).toBe('manual');
      await button(page, 'Play').click();
      await button(page, 'Yes, start it').click();
      await button(page, 'Cancel').waitFor();
      expect((await project.job(pipeline, 'deploy')).status).toBe('pending');
    });

    it('offers it to nobody who may not', async () => {
      const project = new ServedProject(test().serving);
      const pipeline = await project.start(FILE);
      const user = await addPerson(test().serving, 'vi');
      await project.ask('/members', 'POST', { body: { user_id: user, access_level: 20 } });
      const { page, go } = await test().visitAs('vi');
      await go(`/${project.path}/-/pipelines/${pipeline.id}`);
      await page.getByRole('link', { name: /deploy/ }).waitFor();
      expect(await page.getByRole('button', { name: /^Play/ }).count()).toBe(0);
    });
  },
  ['--no-runner'],
);
