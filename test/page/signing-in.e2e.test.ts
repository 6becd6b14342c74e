import { expect, it } from 'vitest';
import { ServedProject } from '../serve/support/served-project.ts';
import { describePage } from './support/describe-page.ts';
import { handsOf, WAYS } from './support/hands.ts';
import { givePassword, PASSWORD } from './support/people.ts';

describePage('signing in', (test) => {
  it.each(WAYS)('comes back to the same place after a session that has ended, by %s', async (way) => {
    const { serving, visitAs } = test();
    const project = new ServedProject(serving);
    project.push('it: {script: "true"}\n', { flags: ['-o', 'ci.skip'] });
    const { page, go } = await visitAs('root');
    const address = `/${project.path}/-/pipelines?status=failed`;
    await go(address);
    const wayIn = page.getByRole('banner').getByRole('link', { name: project.path });
    await wayIn.waitFor();
    // It ends every session that there is.
    await givePassword(serving, 'root');
    await page.reload();
    const hands = handsOf(way, page);
    await hands.write(page.getByLabel('User name'), 'root');
    await hands.write(page.getByLabel('Password'), PASSWORD);
    expect(await wayIn.count()).toBe(0);
    await hands.press(page.getByRole('main').getByRole('button', { name: 'Sign in' }));
    await wayIn.waitFor();
    expect(new URL(page.url()).pathname + new URL(page.url()).search).toBe(address);
  });
});
