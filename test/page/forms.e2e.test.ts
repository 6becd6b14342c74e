import { expect, it } from 'vitest';
import { ServedProject } from '../serve/support/served-project.ts';
import { describePage } from './support/describe-page.ts';
import { lookAt } from './support/look-at.ts';

const DESCRIBED = `spec:
  inputs:
    size: {type: number, default: 3, description: how many machines}
---
variables:
  TARGET: {value: staging, options: [staging, production], description: where it goes}
build-$[[ inputs.size ]]: {script: "true"}
deploy:
  script: "true"
  rules: [{if: $TARGET == "production"}]
`;

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
    visit.expectFault(/40[04]/);
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

  it('asks for what the file describes, and shows what would run for it before it is started', async () => {
    const project = new ServedProject(test().serving);
    project.push(DESCRIBED, { flags: ['-o', 'ci.skip'] });
    const visit = await test().visitAs('root');
    const { page, go } = visit;
    await go(`/${project.path}/-/pipelines/new`);
    const preview = page.getByRole('region', { name: 'Jobs that would run' });
    await preview.getByText('1 job would run').waitFor();
    expect(await page.getByLabel('TARGET').inputValue()).toBe('staging');
    expect(await lookAt(page, 'new-pipeline-described')).toEqual([]);
    await page.getByLabel('TARGET').selectOption('production');
    await preview.getByText('2 jobs would run').waitFor();
    await page.getByLabel('size', { exact: true }).fill('7');
    await preview.getByRole('listitem').filter({ hasText: 'build-7' }).waitFor();
    visit.expectFault(/400 \(Bad Request\).*ci\/lint/);
    await page.getByLabel('Key of variable 1').fill('NOT A KEY');
    await preview.getByText('Not of what stands here now').waitFor();
    expect(await lookAt(page, 'new-pipeline-bad-key')).toEqual([]);
    await page.getByLabel('Key of variable 1').fill('A_KEY');
    await preview.getByText('Not of what stands here now').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Run pipeline' }).click();
    await page.waitForURL(/\/-\/pipelines\/\d+$/);
    const jobs = await project.jobs({ id: Number(/\d+$/.exec(page.url())?.[0]) });
    expect(jobs.map(({ name }) => name).toSorted()).toEqual(['build-7', 'deploy']);
  });

  it('keeps the variables of the file and what was chosen while an input is missing', async () => {
    const project = new ServedProject(test().serving);
    project.push(DESCRIBED.replace(', default: 3', ''), { flags: ['-o', 'ci.skip'] });
    const { page, go } = await test().visitAs('root');
    await go(`/${project.path}/-/pipelines/new`);
    const preview = page.getByRole('region', { name: 'Jobs that would run' });
    const size = page.getByLabel('size', { exact: true });
    await size.fill('7');
    await page.getByLabel('TARGET').selectOption('production');
    await preview.getByText('2 jobs would run').waitFor();
    await size.fill('');
    await preview.getByText('input "size" is required').waitFor();
    expect(await page.getByLabel('TARGET').inputValue()).toBe('production');
    await size.fill('8');
    await preview.getByRole('listitem').filter({ hasText: 'build-8' }).waitFor();
    await preview.getByText('2 jobs would run').waitFor();
  });
});
