import { expect, it } from 'vitest';
import { ServedProject } from '../serve/support/served-project.ts';
import { describePage } from './support/describe-page.ts';
import { lookAt } from './support/look-at.ts';
import { addPerson, openSession } from './support/people.ts';

const PROJECTS = 52;

/** What administrators see of all, and do. */
describePage('administration', (test) => {
  it('shows all projects with how each stands, a page at a time, and finds one', async () => {
    const { serving, visitAs } = test();
    const project = new ServedProject(serving, 'root/first');
    await project.untilPipeline(await project.start('it: {script: "true"}\n'), 'success');
    for (let number = 2; number <= PROJECTS; number++) {
      await serving.ask('POST', '/api/v4/projects', { body: { path: `shop-${number}` } });
    }
    const { page, go } = await visitAs('root');
    await go('/admin/projects');
    await page.getByText('Page 1, 52 projects').waitFor();
    await page.getByRole('link', { name: 'Next' }).click();
    const row = page.getByRole('row', { name: /root\/first/ });
    await row.getByText('success').waitFor();
    expect(await lookAt(page, 'admin-projects')).toEqual([]);
    await page.getByLabel('Name or path').fill('SHOP-7');
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'root/shop-7' }).waitFor();
    expect(page.url()).toMatch(/\/admin\/projects\?search=SHOP-7$/);
    expect(await page.getByRole('row').count()).toBe(2);
  });

  it('makes somebody who can sign in, blocks them at the second press, and lets them in again', async () => {
    const { serving, visitAs } = test();
    const { page, go } = await visitAs('root');
    await addPerson(serving, 'ana');
    await go('/admin/users');
    await page.getByText('New user').click();
    await page.getByLabel('Username').fill('li');
    await page.getByLabel('Email').fill('li@example.com');
    await page.getByLabel('Password').fill('correct horse battery');
    await page.getByRole('button', { name: 'Make user' }).click();
    await page.getByRole('row', { name: /@li/ }).waitFor();
    expect(await openSession(serving, 'li')).toMatch(/./);
    await page.getByText('New user').click();
    await page.getByRole('button', { name: 'Block li', exact: true }).click();
    expect(await lookAt(page, 'admin-users')).toEqual([]);
    await page.getByRole('button', { name: 'Really block li' }).click();
    await page.getByRole('button', { name: 'Unblock li' }).waitFor();
    await expect(openSession(serving, 'li')).rejects.toThrow('cannot sign in');
    await page.getByRole('button', { name: 'Unblock li' }).click();
    await page.getByRole('button', { name: 'Block li', exact: true }).waitFor();
    expect(await openSession(serving, 'li')).toMatch(/./);
  });

  it('shows runners and what was done', async () => {
    const { page, go } = await test().visitAs('root');
    for (const view of ['runners', 'audit_log']) {
      await go(`/admin/${view}`);
      await page.getByRole('table').waitFor();
      expect(await lookAt(page, `admin-${view}`)).toEqual([]);
    }
  });
});
