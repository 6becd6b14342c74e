import { expect, it } from 'vitest';
import { putVariable } from '../../../src/coordinator/testing/put-variable.ts';
import { lookAt } from '../support/look-at.ts';
import { describePictures } from './support/describe-pictures.ts';
import { everyOutcome } from './support/every-outcome.ts';
import { LONG } from './support/extremes.ts';
import { walkByTab } from './support/walk-by-tab.ts';

const VARIABLES = [
  { key: 'DEPLOY_TOKEN', value: 'glpat-not-a-real-one', isMasked: true, isProtected: true },
  { key: 'REGION', value: 'eu-1', environmentScope: 'production' },
  { key: `A_KEY_${'THAT_GOES_ON_'.repeat(15)}END`, value: 'x', isRaw: true },
  { key: 'KUBECONFIG', value: 'apiVersion: v1', kind: 'file' },
] as const;

describePictures('pictures of the other views', (gallery) => {
  it('shows who has not signed in where to, and whoever may see nothing that there is nothing', async () => {
    const { open, show } = gallery();
    const visit = await open('/', null);
    const heading = visit.page.getByRole('heading', { level: 1 });
    await show(visit, 'signed-out', heading);
    await visit.go('/users/sign_in');
    await show(visit, 'sign-in', heading);
    const nobody = await open('/', 'new');
    await show(nobody, 'projects-none', nobody.page.getByRole('heading', { level: 1 }));
  });

  it('says what is not there, and what may not be seen', async () => {
    const { stage, open, show } = gallery();
    await stage.project({ path: 'hidden', files: {} });
    for (const [name, path, as, isAsked] of [
      ['error-project', '/group/no-such', 'ana', false],
      ['error-hidden', '/group/hidden/-/pipelines/1', 'new', false],
      ['error-job', '/group/hidden/-/jobs/99', 'ana', true],
      ['error-pipeline', '/group/hidden/-/pipelines/99', 'ana', true],
      ['error-forbidden', '/admin/audit_log', 'ana', true],
      ['error-settings', '/group/hidden/-/settings/ci_cd', 'li', false],
    ] as const) {
      const visit = await open(path, as);
      // What the page knows it may not see it does not even ask for.
      if (isAsked) visit.expectFault(/40[34]/);
      await show(visit, name, visit.page.getByRole('heading', { level: 1 }));
    }
  });

  it("shows a project's settings, members, runners and audit", async () => {
    const { stage, open, show } = gallery();
    const project = await stage.project({ path: 'store', files: {} });
    const none = await open('/group/store/-/settings/ci_cd');
    await show(none, 'settings-none', none.page.getByRole('heading', { level: 1 }));
    for (const variable of VARIABLES) await putVariable(stage.parts, project.id, variable);
    const body = {
      runner_type: 'project_type',
      project_id: project.id,
      description: 'only this project',
      tag_list: ['gpu', 'a-tag-with-a-long-name-that-wraps'],
    };
    await stage.ask('POST', '/api/v4/user/runners', { body });
    await stage.hand('ci-1');
    const visit = await open('/group/store/-/settings/ci_cd');
    await show(visit, 'settings', visit.page.getByText('REGION').first());
    await visit.go('/group/store/-/project_members');
    await show(visit, 'members', visit.page.getByText('Li Wei').first());
    await visit.go('/group/store/-/runners');
    await show(visit, 'runners', visit.page.getByText('only this project').first());
    await project.ask('POST', '/variables', { key: 'NEW', value: 'x' });
    await visit.go('/group/store/-/audit_events');
    await show(visit, 'audit', visit.page.getByRole('row').nth(1));
    await visit.go('/group/store/-/settings/access_tokens');
    await show(visit, 'project-tokens', visit.page.getByRole('heading', { level: 1 }));
    await visit.page.keyboard.press('?');
    await show(visit, 'keys', visit.page.getByRole('dialog'));
    await visit.go('/group/store/-/obligations');
    await show(visit, 'obligations-none', visit.page.getByRole('heading', { level: 2 }).first());
    await visit.go('/group/store/-/pipelines/new');
    await show(visit, 'new-pipeline', visit.page.getByRole('button', { name: 'Run pipeline' }));
    await visit.go('/group/store/-/jobs');
    await show(visit, 'jobs-none', visit.page.getByRole('heading', { level: 2 }).first());
  });

  it('shows what is of all projects', async () => {
    const { stage, open, show } = gallery();
    await everyOutcome(stage, await stage.project({ path: 'infra', files: {} }));
    await stage.project({ path: LONG.project, files: {} });
    const visit = await open('/', 'root');
    const heading = visit.page.getByRole('heading', { level: 1 });
    await show(visit, 'projects', visit.page.getByRole('link', { name: 'group/infra' }));
    await visit.go('/admin/projects');
    await show(visit, 'admin-projects', visit.page.getByRole('link', { name: /infra/ }).first());
    await visit.go('/projects/new');
    await show(visit, 'new-project', heading);
    await visit.go('/admin/obligations');
    await show(visit, 'admin-obligations', visit.page.getByText('c-lost'));
    await visit.go('/admin/runners');
    await show(visit, 'admin-runners', visit.page.getByText('cloud-1'));
    await visit.go('/admin/users');
    await show(visit, 'users', visit.page.getByText('Ana Souza'));
    await visit.go('/admin/audit_log');
    await show(visit, 'admin-audit', visit.page.getByRole('row').nth(1));
    await visit.go('/-/user_settings/profile');
    await show(visit, 'profile', heading);
    await visit.go('/-/user_settings/personal_access_tokens');
    await show(visit, 'tokens', heading);
  });

  it('shows the CI editor, of a file with a problem too', async () => {
    const { stage, open, show } = gallery();
    const edited = await stage.project({ path: 'edited', files: {} });
    await edited.push({
      ci: 'build:\n  script: make\ntest:\n  needs: [build]\n  script: make test\n',
      message: 'Build',
    });
    const visit = await open('/group/edited/-/ci/editor');
    const problems = visit.page.getByRole('region', { name: 'Problems' });
    await show(visit, 'editor', problems.getByText('The file is valid.'));
    await visit.page.getByRole('textbox', { name: 'CI file' }).press('ControlOrMeta+End');
    await visit.page.keyboard.insertText('\nlint: {scripts: x}\n');
    await show(visit, 'editor-problem', problems.getByText(/^[1-9]\d* problem/));
  });

  it('can be read and used in the few colours of a system', async () => {
    const { stage, open } = gallery();
    const plain = await stage.project({ path: 'plain', files: {} });
    const outcomes = await everyOutcome(stage, plain);
    const visit = await open('/group/plain');
    const { page } = visit;
    await page.emulateMedia({ forcedColors: 'active' });
    for (const [name, path, ready] of [
      ['pipelines', '/group/plain', page.getByRole('link', { name: /Move the cluster/ })],
      ['pipeline', `/group/plain/-/pipelines/${outcomes}`, page.getByRole('link', { name: 'b-failed' }).first()],
      [
        'job',
        `/group/plain/-/jobs/${await plain.jobId(outcomes, 'b-failed')}`,
        page.getByRole('heading', { level: 1 }),
      ],
    ] as const) {
      await visit.go(path);
      await ready.waitFor();
      const found = [...(await lookAt(page, `forced-${name}`)), ...(await walkByTab(page))];
      // Colours are the system's, which axe does not see.
      expect.soft(found.filter((fault) => !/: color-contrast: /.test(fault))).toEqual([]);
    }
  });
});
