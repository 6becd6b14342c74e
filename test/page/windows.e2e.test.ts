import type { Page, Request } from 'playwright-core';
import { expect, it } from 'vitest';
import { HandRunner, type HeldJob } from '../serve/support/hand-runner.ts';
import { ServedProject } from '../serve/support/served-project.ts';
import { describePage, type PageTest } from './support/describe-page.ts';
import { addPerson } from './support/people.ts';

/** As many connections as a browser has to one host: with a stream in each window none is left. */
const WINDOWS = 6;

interface Running {
  readonly project: ServedProject;
  readonly held: HeldJob;
  readonly address: string;
}

async function run({ serving }: PageTest): Promise<Running> {
  const project = new ServedProject(serving);
  await project.start('it: {script: "true", after_script: ["true"]}\n');
  const held = await (await HandRunner.of(serving, project)).take();
  await held.beginScript();
  return { project, held, address: `/${project.path}/-/jobs/${held.id}` };
}

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const line = (page: Page, words: string) => page.locator('.log-text').getByText(words, { exact: true });

describePage(
  'several windows',
  (test) => {
    it('get a Cancel through, however many of one browser hold a stream', async () => {
      const { project, held, address } = await run(test());
      await held.trace('first\n');
      const { page: first, context, go } = await test().visitAs('root');
      await go(address);
      const pages = [first];
      while (pages.length < WINDOWS) {
        const page = await context.newPage();
        await page.goto(address);
        pages.push(page);
      }
      // Each of them has its stream: what is told now reaches all.
      for (const page of pages) await line(page, 'first').waitFor();
      await held.trace('second\n');
      for (const page of pages) await line(page, 'second').waitFor();
      await button(first, 'Cancel').click();
      for (const page of pages) await button(page, 'Force cancel…').waitFor();
      expect((await project.ask(`/jobs/${held.id}`)).json.status).toBe('canceling');
      await held.trace('cleaning\n');
      for (const page of pages) await line(page, 'cleaning').waitFor();
      await held.finish('failed', 'canceled');
      for (const page of pages) await page.getByRole('region', { name: 'Cleanup', exact: true }).waitFor();
    });

    // Chromium under test keeps no page for Back: what it would tell one that is kept is told here by hand.
    it('give their connection away when they are left, and have it back after Back', async () => {
      const { held, address } = await run(test());
      const { page, go } = await test().visitAs('root');
      await go(address);
      await held.trace('first\n');
      await line(page, 'first').waitFor();
      const isStream = { predicate: (request: Request) => request.url().includes('/api/v4/events?'), timeout: 10_000 };
      const closed = page.waitForEvent('requestfailed', isStream);
      await page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))");
      await closed;
      await held.trace('second\n');
      await page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))");
      await line(page, 'second').waitFor();
    });

    it('shows the new job to who retries one, and another click there cannot start a third', async () => {
      const { project, held, address } = await run(test());
      await held.finish('failed', 'script_failure');
      const { page, go } = await test().visitAs('root');
      await go(address);
      await button(page, 'Retry').click();
      await page.waitForURL((url) => /\/-\/jobs\/\d+$/.test(url.pathname) && url.pathname !== address);
      await button(page, 'Cancel').waitFor();
      expect(await button(page, 'Retry').count()).toBe(0);
      expect((await project.ask('/jobs?include_retried=true')).json).toHaveLength(2);
    });

    it('of two people show the same job alike, to its end, whoever of them cancels it', async () => {
      const { project, held, address } = await run(test());
      const user = await addPerson(test().serving, 'mo');
      await project.ask('/members', 'POST', { body: { user_id: user, access_level: 30 } });
      const [ana, mo] = [await test().visitAs('root'), await test().visitAs('mo')];
      for (const { go } of [ana, mo]) await go(address);
      await held.trace('building\n');
      for (const { page } of [ana, mo]) await line(page, 'building').waitFor();
      await button(mo.page, 'Cancel').click();
      for (const { page } of [ana, mo]) {
        await page.getByRole('region', { name: 'Cleaning up' }).getByText('mo', { exact: false }).first().waitFor();
        await page.getByRole('timer').first().waitFor();
      }
      await held.beginTeardown('canceled');
      await held.trace('destroying\n');
      for (const { page } of [ana, mo]) await line(page, 'destroying').waitFor();
      await held.finish('failed', 'canceled');
      for (const { page } of [ana, mo]) {
        await page
          .getByRole('region', { name: 'Cleanup', exact: true })
          .getByText(/succeeded/i)
          .first()
          .waitFor();
        expect(await button(page, 'Force cancel…').count()).toBe(0);
      }
    });
  },
  ['--no-runner'],
);
