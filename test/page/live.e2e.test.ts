import type { Locator, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { HandRunner } from '../serve/support/hand-runner.ts';
import { ServedProject } from '../serve/support/served-project.ts';
import { waitUntil } from '../support/wait-until.ts';
import { describePage } from './support/describe-page.ts';
import { lookAt } from './support/look-at.ts';

/** Writes down what the browser would show, and shows it. */
const HEAR_NOTIFICATIONS = `{
  const Real = Notification;
  globalThis.notifications = [];
  globalThis.Notification = class extends Real {
    constructor(headline, options) {
      super(headline, options);
      notifications.push(headline + ': ' + options.body);
    }
  };
}`;
const FOCUS = 'document.activeElement.textContent';

const icon = (page: Page, name: string): Locator => page.locator(`link[rel="icon"][href*="/${name}."]`);

/** Names of jobs, every third of which takes two lines on a phone. */
const MANY = (job: number): string => (job % 3 === 1 ? `job ${job} of so very many` : `job-${job}-of-many`);
/** What the window shows of the table, once it is drawn: the jobs in it, and how much of it is room of rows that are not there. */
const SEEN = `new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))).then(() => {
  const isSeen = (element) => {
    const { top, bottom } = element.getBoundingClientRect();
    return bottom > 0 && top < innerHeight;
  };
  return {
    names: [...document.querySelectorAll('tr[data-row]')].filter(isSeen).map((row) => row.querySelector('a').textContent),
    blanks: [...document.querySelectorAll('td.room')].filter(isSeen).length,
  };
})`;
const MOST_STEPS = 60;

describePage(
  'what is seen without looking, and without a mouse',
  (test) => {
    it('says in title, icon and a notification how a pipeline stands', async () => {
      const { serving, visitAs } = test();
      const project = new ServedProject(serving);
      const pipeline = await project.start('it: {script: "true"}\n');
      const held = await (await HandRunner.of(serving, project)).take();
      await held.beginScript();
      const { page, context, go } = await visitAs('root');
      await context.grantPermissions(['notifications']);
      await page.addInitScript(HEAR_NOTIFICATIONS);
      await go(`/${project.path}/-/pipelines/${pipeline.id}`);
      await icon(page, 'busy').waitFor({ state: 'attached' });
      expect(await page.title()).toContain(`running: #${pipeline.id}`);
      await page.getByLabel('Notify me when it ends').check();
      await held.finish('failed', 'script_failure');
      await icon(page, 'bad').waitFor({ state: 'attached' });
      expect(await page.title()).toContain(`failed: #${pipeline.id}`);
      const told = await waitUntil('a notification', async () => {
        const all: readonly string[] = await page.evaluate('notifications');
        return all.length > 0 ? all : null;
      });
      expect(told).toEqual([expect.stringContaining(`failed: #${pipeline.id} · ${project.path}`)]);
      await go(`/${project.path}/-/pipelines`);
      await icon(page, 'bad').waitFor({ state: 'attached' });
    });

    it('moves by keys of one letter to rows, to Cancel and to the filter, until they are turned off', async () => {
      const { serving, visitAs } = test();
      const project = new ServedProject(serving);
      const first = await project.start('it: {script: "true"}\n');
      const second = await project.start('it: {script: "true"}\n');
      const { page, go } = await visitAs('root');
      await go(`/${project.path}/-/pipelines`);
      await page.getByRole('link', { name: `#${first.id}` }).waitFor();
      await page.keyboard.press('j');
      expect(await page.evaluate(FOCUS)).toContain(`#${second.id}`);
      await page.keyboard.press('j');
      expect(await page.evaluate(FOCUS)).toContain(`#${first.id}`);
      await page.keyboard.press('k');
      await page.keyboard.press('c');
      expect(await page.evaluate(FOCUS)).toBe('Cancel');
      expect((await project.pipeline(second)).status).toBe('pending');
      await page.keyboard.press('/');
      await page.keyboard.type('jc');
      expect(await page.getByLabel('Branch or tag').inputValue()).toBe('jc');
      await page.getByRole('heading', { name: 'Pipelines' }).click();
      await page.keyboard.press('?');
      const dialog = page.getByRole('dialog', { name: 'Keys' });
      await dialog.waitFor();
      expect(await lookAt(page, 'keys')).toEqual([]);
      await page.getByLabel('Keys of one letter').uncheck();
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
      await page.keyboard.press('?');
      await page.getByRole('button', { name: 'Keys' }).click();
      await dialog.waitFor();
    });

    it('shows what a job needs as lines, and which jobs were left out and why', async () => {
      const { serving, visitAs } = test();
      const project = new ServedProject(serving);
      const pipeline = await project.start(
        [
          'stages: [build, test]',
          'one: {stage: build, script: "true"}',
          'two: {stage: build, script: "true"}',
          'many: {stage: test, parallel: 3, needs: [one], script: "true"}',
          'not: {stage: test, script: "true", rules: [{if: "$NOT_THERE"}]}',
          '',
        ].join('\n'),
      );
      const { page, go } = await visitAs('root');
      await go(`/${project.path}/-/pipelines/${pipeline.id}`);
      await page.getByText('many', { exact: true }).hover();
      await page.locator('svg.needs path').waitFor({ state: 'attached' });
      await page.getByText('1 job was left out').click();
      await page.getByText('not', { exact: true }).waitFor();
      await page.getByText('many', { exact: true }).click();
      await page.getByRole('link', { name: /many 3\/3/ }).waitFor();
      expect(await lookAt(page, 'pipeline-needs')).toEqual([]);
      await page.getByRole('link', { name: /many 1\/3/ }).click();
      await page.getByRole('link', { name: 'one', exact: true }).click();
      await page.getByRole('heading', { level: 1, name: 'one' }).waitFor();
      await page.setViewportSize({ width: 390, height: 800 });
      await page.getByText('Settings', { exact: true }).click();
      const menu = await page.getByRole('link', { name: 'Members' }).boundingBox();
      expect(menu?.x).toBeGreaterThanOrEqual(0);
      expect((menu?.x ?? 0) + (menu?.width ?? 0)).toBeLessThanOrEqual(390);
    });

    it('has of 300 jobs those in the document that are near the window, and all of them on the way', async () => {
      const { serving, visitAs } = test();
      const project = new ServedProject(serving);
      const pipeline = await project.start(
        `.it: &it {script: "true"}\n${Array.from({ length: 300 }, (_, job) => `"${MANY(job)}": *it\n`).join('')}`,
      );
      const { page, go } = await visitAs('root');
      await go(`/${project.path}/-/pipelines/${pipeline.id}/builds`);
      await page.getByRole('link', { name: 'Jobs 300', exact: true }).waitFor();
      await page.getByRole('link', { name: 'job-0-of-many' }).waitFor();
      expect(await page.getByRole('row').count()).toBeLessThan(120);
      expect(await page.getByRole('link', { name: 'job-299-of-many' }).count()).toBe(0);
      await page.evaluate('scrollTo(0, document.documentElement.scrollHeight)');
      await page.getByRole('link', { name: 'job-299-of-many' }).waitFor();
      expect(await page.getByRole('row').count()).toBeLessThan(120);
      expect(await lookAt(page, 'pipeline-300-jobs')).toEqual([]);
      await page.setViewportSize({ width: 390, height: 800 });
      await page.evaluate('scrollTo(0, 0)');
      const seen = new Set<string>();
      for (let step = 0; step < MOST_STEPS && !seen.has(MANY(299)); step++) {
        const { names, blanks }: { names: readonly string[]; blanks: number } = await page.evaluate(SEEN);
        expect(blanks).toBe(0);
        for (const name of names) seen.add(name);
        await page.evaluate('scrollBy(0, 600)');
      }
      expect([...seen]).toEqual(Array.from({ length: 300 }, (_, job) => MANY(job)));
    });

    it('keeps the lines where they are for whoever has scrolled, and says how many are new', async () => {
      const { serving, visitAs } = test();
      const project = new ServedProject(serving);
      let last = await project.start('it: {script: "true"}\n');
      for (let more = 0; more < 9; more++) last = await project.start('it: {script: "true"}\n');
      const { page, go } = await visitAs('root');
      await page.setViewportSize({ width: 1280, height: 300 });
      await go(`/${project.path}/-/pipelines`);
      await page.getByRole('link', { name: `#${last.id}` }).waitFor();
      await page.evaluate('scrollTo(0, 200)');
      const added = await project.start('it: {script: "true"}\n');
      const bar = page.getByRole('button', { name: '1 new pipeline' });
      await bar.waitFor();
      expect(await page.getByRole('link', { name: `#${added.id}` }).count()).toBe(0);
      await bar.click();
      await page.getByRole('link', { name: `#${added.id}` }).waitFor();
      expect(await page.evaluate('scrollY')).toBe(0);
    });
  },
  ['--no-runner'],
);
