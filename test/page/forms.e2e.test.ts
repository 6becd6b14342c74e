import { expect, it } from 'vitest';
import { ServedProject } from '../serve/support/served-project.ts';
import { describePage } from './support/describe-page.ts';
import { lookAt } from './support/look-at.ts';

/** What people fill in. */
describePage('the forms', (test) => {
  it('makes a token that opens what its scopes say, shows it once, and revokes it at the second press', async () => {
    const { page, go, base } = await test().visitAs('root');
    await go('/-/user_settings/personal_access_tokens');
    await page.getByLabel('Name').fill('laptop');
    await page.getByLabel('read_api').check();
    await page.getByRole('button', { name: 'Make token' }).click();
    const token = (await page.locator('output').textContent()) ?? '';
    expect(await lookAt(page, 'tokens')).toEqual([]);
    const user = async () => (await fetch(`${base}/api/v4/user`, { headers: { 'private-token': token } })).status;
    expect(await user()).toBe(200);
    const revoke = page.getByRole('row', { name: /laptop/ }).getByRole('button');
    await revoke.click();
    await revoke.getByText('Revoke for good').click();
    await page.getByRole('row', { name: /laptop/ }).waitFor({ state: 'detached' });
    expect(await user()).toBe(401);
  });

  it('runs a pipeline for a ref with variables, and says what is wrong with a ref that is none', async () => {
    const project = new ServedProject(test().serving);
    await project.start('it: {script: "true"}\n');
    const visit = await test().visitAs('root');
    const { page, go } = visit;
    visit.expectFault(/400/);
    await go(`/${project.path}/-/pipelines/new?ref=no-such&var[COLOUR]=red`);
    expect(await lookAt(page, 'new-pipeline')).toEqual([]);
    await page.getByRole('button', { name: 'Run pipeline' }).click();
    await page.getByRole('alert').getByText(/./).waitFor();
    await page.getByLabel('Branch or tag').fill('main');
    await page.getByLabel('Key of variable 2').fill('SIZE');
    await page.getByLabel('Value of variable 2').fill('xl');
    await page.getByRole('button', { name: 'Run pipeline' }).click();
    await page.waitForURL(/\/-\/pipelines\/\d+$/);
    const id = /\d+$/.exec(page.url())?.[0];
    const { json } = await test().serving.ask(
      'GET',
      `/api/v4/projects/${encodeURIComponent(project.path)}/pipelines/${id}/variables`,
    );
    expect(json).toMatchObject([
      { key: 'COLOUR', value: 'red' },
      { key: 'SIZE', value: 'xl' },
    ]);
  });
});
