import { expect, it } from 'vitest';
import { HandRunner } from '../serve/support/hand-runner.ts';
import { ServedProject } from '../serve/support/served-project.ts';
import { describePage } from './support/describe-page.ts';
import { lookAt } from './support/look-at.ts';

const HOSTILE =
  '<img src=x onerror=alert(1)><script>alert(2)</script> & \u001b[31mred\u001b[0m \u001b]0;title\u0007end';

describePage(
  'a log',
  (test) => {
    it('is shown as it grows: markup as text, a progress bar as one line, in its last state', async () => {
      const { serving, visitAs } = test();
      const project = new ServedProject(serving);
      await project.start('it: {script: "true", after_script: ["true"]}\n');
      const held = await (await HandRunner.of(serving, project)).take();
      await held.beginScript();
      await held.trace('first\n');
      const { page, go } = await visitAs('root');
      await go(`/${project.path}/-/jobs/${held.id}`);
      const line = (number: number) => page.locator(`[data-line="${number - 1}"] .log-text`);
      await line(1).getByText('first', { exact: true }).waitFor();
      await held.trace(`${HOSTILE}\n 10 %\r 50 %\r`);
      await held.trace('100 %\rdone\nlast\n');
      await line(4).getByText('last', { exact: true }).waitFor();
      expect(await line(2).textContent()).toBe('<img src=x onerror=alert(1)><script>alert(2)</script> & red end');
      expect(await line(3).textContent()).toBe('done');
      expect(await lookAt(page, 'job-log')).toEqual([]);
      await page.keyboard.press('/');
      await page.keyboard.type(':2-3');
      await page.keyboard.press('Enter');
      await page.waitForURL(/#L2-3$/);
      await page.locator('.log-named').nth(1).waitFor();
      expect(await page.locator('.log-named').evaluateAll((rows) => rows.length)).toBe(2);
    });
  },
  ['--no-runner'],
);
