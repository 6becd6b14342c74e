import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, expect, it } from 'vitest';
import { Serving } from '../serve/support/serving.ts';
import { describeBrowsing } from './support/describe-browsing.ts';
import { handsOf, WAYS } from './support/hands.ts';
import { lookAt } from './support/look-at.ts';

const PASSWORD = 'correct horse battery';

const FILE = `integration:
  script:
    - echo "testing on a machine that costs money"
    - sleep 600
  after_script:
    - sh give-back
  artifacts: {when: always, paths: [report.txt]}
`;

/** Of the repository, too: it waits until the test lets it end. */
const giveBack = (end: string): string => `echo "giving the machine back"
until [ -e '${end}' ]; do sleep 0.1; done
echo "given back" > report.txt
`;

/** The file that lets it end. */
const endOf = ({ outside }: Serving): string => join(outside, 'end');

const button = (page: Page, name: string | RegExp): Locator => page.getByRole('button', { name });

/** A repository of somebody who has never heard of the server, pushed by the lines that the page shows. */
function push(serving: Serving, lines: string, token: string): void {
  const cwd = join(serving.root, 'shop');
  mkdirSync(cwd);
  writeFileSync(join(cwd, '.gitlab-ci.yml'), FILE);
  writeFileSync(join(cwd, 'give-back'), giveBack(endOf(serving)));
  const run = (program: string, ...words: string[]) =>
    execFileSync(program, words, {
      cwd,
      env: { ...serving.environment(), GIT_ASKPASS: askpass(serving, token) },
      stdio: 'pipe',
    });
  run('git', 'init', '--quiet', '--initial-branch=main');
  run('git', 'add', '--all');
  run('git', 'commit', '--quiet', '--message=Test on a rented machine');
  run('sh', '-e', '-c', lines);
}

/** What git asks for a user name and a password: somebody types the token of the page. */
function askpass(serving: Serving, token: string): string {
  const path = join(serving.root, 'askpass');
  writeFileSync(path, `#!/bin/sh\ncase $1 in User*) echo root ;; *) echo '${token}' ;; esac\n`, { mode: 0o700 });
  return path;
}

/** As the README shows it (`docs/page.png` is a copy of this one): small. */
async function pictureOf(page: Page): Promise<void> {
  const before = page.viewportSize();
  await page.setViewportSize({ width: 1000, height: 640 });
  await page.screenshot({ path: join(import.meta.dirname, '../../.pictures/readme.png') });
  if (before !== null) await page.setViewportSize(before);
}

/** From a server that nobody has seen yet to the artifacts of a job that was cancelled: the real program, its runner, real git. */
describeBrowsing('the first hour', (browsing) => {
  const servers: Serving[] = [];
  afterAll(async () => {
    // All of them, also when one does not go: what it leaves would stay for good.
    const gone = servers.map(async (serving) => {
      writeFileSync(endOf(serving), '');
      await serving.dispose();
    });
    const left = (await Promise.allSettled(gone)).filter(({ status }) => status === 'rejected');
    expect(left).toEqual([]);
  });

  it.each(WAYS)('leads from first start to the artifacts of a cancelled job, by %s', async (way) => {
    const serving = await Serving.start('SQLite');
    servers.push(serving);
    const link = /http\S+\/users\/sign_in\/link\?\S+/.exec(serving.output)?.[0] ?? '';
    const { page, go } = await browsing().visit(serving.base);
    const hands = handsOf(way, page);
    const see = async (name: string) => {
      if (way === 'mouse') expect(await lookAt(page, name)).toEqual([]);
    };

    await go('/');
    await page.getByText('The server printed a link').waitFor();
    await see('start-signed-out');
    await go(link.slice(serving.base.length));
    await hands.press(button(page, 'Sign in'));
    await page.getByLabel('New password').waitFor();
    await see('start-password');
    await hands.write(page.getByLabel('New password'), PASSWORD);
    await hands.press(button(page, 'Save password'));

    await page.getByLabel('Project name').waitFor();
    await see('start-project');
    await hands.press(page.locator('summary'));
    await hands.press(button(page, 'Sign out'));
    await hands.press(page.getByRole('banner').getByRole('link', { name: 'Sign in' }));
    await hands.write(page.getByLabel('User name'), 'root');
    await hands.write(page.getByLabel('Password'), PASSWORD);
    await hands.press(page.getByRole('main').getByRole('button', { name: 'Sign in' }));

    await hands.write(page.getByLabel('Project name'), 'shop');
    await hands.press(button(page, 'Create project'));
    await hands.press(button(page, 'Make a token for git'));
    const shown = page.locator('pre');
    await shown.nth(1).waitFor();
    await see('start-push');
    push(serving, (await shown.nth(0).textContent()) ?? '', (await shown.nth(1).textContent()) ?? '');

    await page.waitForURL(/\/root\/shop\/-\/pipelines\/\d+$/);
    await hands.press(page.getByRole('link', { name: /\bintegration\b/ }));
    await page.getByText('testing on a machine that costs money', { exact: true }).waitFor();
    await hands.press(button(page, 'Cancel'));
    const strip = page.getByRole('region', { name: 'Cleaning up' });
    await strip.getByText(/root/).waitFor();
    await page.getByText('giving the machine back', { exact: true }).waitFor();
    if (way === 'mouse') await pictureOf(page);
    writeFileSync(endOf(serving), '');
    await page
      .getByRole('region', { name: 'Cleanup', exact: true })
      .getByText(/succeeded/i)
      .waitFor();

    await hands.press(page.getByRole('link', { name: 'Browse' }));
    const download = page.waitForEvent('download');
    await hands.press(page.getByRole('link', { name: 'report.txt' }));
    expect((await download).suggestedFilename()).toBe('report.txt');
    expect(serving.complaints()).toEqual([]);
    await serving.stop();
  });
});
