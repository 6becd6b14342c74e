import { expect, it } from 'vitest';
import { ServedProject } from '../serve/support/served-project.ts';
import { describePage } from './support/describe-page.ts';
import { lookAt } from './support/look-at.ts';
import { addPerson } from './support/people.ts';

/** What a project is given and who may do what, changed by hand and seen at once. */
describePage('settings', (test) => {
  const pageOf = async (ci = 'it: {script: "true"}\n') => {
    const { serving, visitAs } = test();
    const project = new ServedProject(serving);
    await project.start(ci);
    const { page, go, base } = await visitAs('root');
    return { project, page, go, base, button: (name: string) => page.getByRole('button', { name }) };
  };

  it('makes a runner, and pauses it', async () => {
    const { project, page, go, button } = await pageOf();
    await go(`/${project.path}/-/runners`);
    await page.getByText('New runner').click();
    await page.getByLabel('Description').fill('the one');
    await button('Make a runner').click();
    await page.getByText('epilogue runner register --url').waitFor();
    await button('Pause').click();
    await button('Resume').waitFor();
    expect(await lookAt(page, 'runners')).toEqual([]);
  });

  it('adds a variable, changes it, and orders who gets a resource group', async () => {
    const { project, page, go, button } = await pageOf('it: {script: "true", resource_group: production}\n');
    await go(`/${project.path}/-/settings/ci_cd`);
    await page.getByText('New variable').click();
    await page.getByLabel('Key', { exact: true }).fill('PLACE');
    await page.getByLabel('Value', { exact: true }).fill('a secret value');
    await page.getByLabel('protected').check();
    await button('Add variable').click();
    const row = page.getByRole('row', { name: /PLACE/ });
    await row.waitFor();
    await page.getByText('New variable').click();
    expect(await page.getByText('a secret value').count()).toBe(0);
    expect(await lookAt(page, 'settings')).toEqual([]);
    await button('Edit PLACE').click();
    expect(await lookAt(page, 'settings-edit')).toEqual([]);
    await page.getByLabel('Value', { exact: true }).and(page.locator(':focus')).fill('another');
    await page.getByLabel('Description').last().fill('where it goes');
    await button('Save changes').click();
    await row.getByText('where it goes').waitFor();
    await button('Edit PLACE').and(page.locator(':focus')).waitFor();
    expect((await project.ask('/variables')).json).toMatchObject([
      { key: 'PLACE', value: 'another', protected: true, environment_scope: '*', raw: false },
    ]);
    // The second click of a double one has read nothing of what will be; the button stays below it.
    await button('Remove PLACE').dblclick();
    await button('Really remove PLACE').waitFor();
    expect(await lookAt(page, 'settings-remove')).toEqual([]);
    await button('Really remove PLACE').click();
    await page.getByText('No variable yet').waitFor();
    await page.getByLabel('Order of production').selectOption('the oldest pipeline first');
    await page.getByLabel('Order of production').and(page.locator(':enabled')).waitFor();
    expect((await project.ask('/resource_groups')).json).toMatchObject([{ process_mode: 'oldest_first' }]);
  });

  it('keeps the value of a masked variable out of the form, and as it is unless another is given', async () => {
    const { project, page, go, button } = await pageOf();
    const secret = 'not-for-any-eyes';
    await project.ask('/variables', 'POST', { body: { key: 'TOKEN', value: secret, masked: true } });
    await go(`/${project.path}/-/settings/ci_cd`);
    const row = page.getByRole('row', { name: /TOKEN/ });
    const isSeen = async () => (await page.locator('main').innerHTML()).includes(secret);
    const field = row.getByLabel('New value (leave empty to keep it)');
    const value = async () => (await project.ask('/variables')).json;
    await button('Edit TOKEN').click();
    expect(await field.inputValue()).toBe('');
    expect(await isSeen()).toBe(false);
    await row.getByLabel('Description').fill('opens it');
    await button('Save changes').click();
    await row.getByText('opens it').waitFor();
    expect(await value()).toMatchObject([{ value: secret, masked: true, description: 'opens it' }]);
    await button('Edit TOKEN').click();
    await field.fill('not-for-eyes-either');
    await button('Save changes').click();
    await field.waitFor({ state: 'detached' });
    expect(await value()).toMatchObject([{ value: 'not-for-eyes-either', masked: true }]);
    await button('Show value of TOKEN').click();
    await row.getByText('not-for-eyes-either').waitFor();
  });

  it('shows on the page of a job which variables it gets and from where, and no value from outside its file', async () => {
    const ci = 'variables: {PLACE: here}\nit: {script: "true", variables: {COLOUR: a long word of a colour}}\n';
    const { project, page, go } = await pageOf(ci);
    await project.ask('/variables', 'POST', { body: { key: 'PLACE', value: 'not-for-any-eyes' } });
    const [pipeline] = (await project.ask('/pipelines')).json;
    await go(`/${project.path}/-/jobs/${(await project.job(pipeline, 'it')).id}`);
    await page.getByText('Show variables').click();
    const row = (key: string) => page.getByRole('listitem').filter({ hasText: key });
    await row('PLACE').getByText('project settings').waitFor();
    await row('COLOUR=a long word of a colour').getByText('CI file, for this job').waitFor();
    expect(await page.getByText('not-for-any-eyes').count()).toBe(0);
    expect(await lookAt(page, 'job-variables')).toEqual([]);
  });

  it('adds a member as a developer, gives another role, and takes it back at the second press', async () => {
    const { project, page, go, button } = await pageOf();
    await addPerson(test().serving, 'li');
    await go(`/${project.path}/-/project_members`);
    await page.getByLabel('Username').fill('li');
    await button('Add member').click();
    expect(await page.getByLabel('Role', { exact: true }).inputValue()).toBe('30');
    const members = async () => (await project.ask('/members')).json;
    await page.getByRole('row', { name: /@li/ }).waitFor();
    expect(await members()).toMatchObject([{ username: 'root' }, { username: 'li', access_level: 30 }]);
    expect(await lookAt(page, 'members')).toEqual([]);
    await page.getByLabel('Role of li').selectOption('Maintainer');
    await page.getByLabel('Role of li').and(page.locator(':enabled')).waitFor();
    expect(await members()).toMatchObject([{}, { access_level: 40 }]);
    await button('Remove li').click();
    await page.getByText('li is no maintainer here any more then.').waitFor();
    await button('Really remove li').click();
    await page.getByRole('row', { name: /@li/ }).waitFor({ state: 'detached' });
    expect(await members()).toHaveLength(1);
  });

  it('makes a token of the project that opens it and nothing else, with a role', async () => {
    const { project, page, go, base } = await pageOf();
    await go(`/${project.path}/-/settings/access_tokens`);
    await page.getByLabel('Name').fill('robot');
    await page.getByLabel('Role', { exact: true }).selectOption('Reporter');
    await page.getByLabel('read_api').check();
    await page.getByRole('button', { name: 'Make token' }).click();
    const token = (await page.locator('output').textContent()) ?? '';
    await page.getByRole('cell', { name: 'Reporter' }).waitFor();
    expect(await lookAt(page, 'project-tokens')).toEqual([]);
    const status = async (path: string) =>
      (await fetch(`${base}/api/v4/${path}`, { headers: { 'private-token': token } })).status;
    expect([await status(`projects/${await project.id()}`), await status('users')]).toEqual([200, 403]);
    await page.getByRole('button', { name: 'Revoke robot' }).click();
    await page.getByRole('button', { name: 'Revoke for good robot' }).click();
    await page.getByText('None.').waitFor();
    expect(await status(`projects/${await project.id()}`)).toBe(401);
    await page.getByRole('link', { name: 'Audit events' }).click();
    await page.getByText('token.revoke').waitFor();
    expect(await lookAt(page, 'audit')).toEqual([]);
  });
});
