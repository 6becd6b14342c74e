import { expect, it } from 'vitest';
import { ServedProject } from '../serve/support/served-project.ts';
import { describePage } from './support/describe-page.ts';
import { handsOf } from './support/hands.ts';
import { lookAt } from './support/look-at.ts';

const FILE = `stages: [build, ship]
build:
  stage: build
  script: make
  parallel: 2
ship:
  stage: ship
  needs: [build]
  script: ship
  rules:
    - if: $CI_COMMIT_TAG
    - if: $COLOUR == "red"
`;

describePage('the CI editor', (test) => {
  it('completes, explains and checks what is typed, draws it, and keeps it for the session', async () => {
    const project = new ServedProject(test().serving);
    await project.start(FILE);
    const { page, go } = await test().visitAs('root');
    const code = page.getByRole('textbox', { name: 'CI file' });
    const problems = page.getByRole('region', { name: 'Problems' });
    const planned = page.getByRole('region', { name: 'Jobs that would run' });
    await go(`/${project.path}/-/ci/editor?branch_name=main`);
    await problems.getByText('The file is valid.').waitFor();
    await planned.getByText('× 2').waitFor();
    await page.getByText('1 would not run').waitFor();
    expect(await lookAt(page, 'editor')).toEqual([]);

    await code.getByText('parallel').hover();
    await page.getByText('a whole number').waitFor();

    await code.press('Control+End');
    await page.keyboard.type('  al');
    await page.getByRole('option', { name: /^allow_failure/ }).waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.type('low_failure: maybe');
    await problems.getByText('1 problem.').waitFor();
    await code.locator('.cm-lintRange-error').waitFor();
    await page.getByText('As it was when the file was last valid:').waitFor();
    await planned.getByText('× 2').waitFor();
    await problems.getByRole('button', { name: 'Line 13' }).click();
    expect(await lookAt(page, 'editor-wrong')).toEqual([]);

    await page.getByRole('button', { name: 'Copy the file' }).click();
    await page.getByText('Copied.').waitFor();

    await page.reload();
    await code.getByText('maybe').waitFor();
    await page.getByRole('button', { name: 'Discard changes' }).click();
    await problems.getByText('The file is valid.').waitFor();
  });

  it('leaves no draft behind at sign-out', async () => {
    const project = new ServedProject(test().serving);
    await project.start(FILE);
    const { page, go } = await test().visitAs('root');
    const drafts = () => page.evaluate(() => Object.keys(sessionStorage).filter((key) => key.startsWith('ci-file ')));
    await go(`/${project.path}/-/ci/editor?branch_name=main`);
    await page.getByRole('textbox', { name: 'CI file' }).press('Control+End');
    await page.keyboard.type('# mine');
    await expect.poll(drafts).toHaveLength(1);
    page.on('dialog', (dialog) => void dialog.accept());
    await page.getByText('root', { exact: true }).first().click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('link', { name: 'Sign in' }).or(page.getByLabel('Password')).first().waitFor();
    expect(await drafts()).toEqual([]);
  });

  it('says what would run with variables and for another ref, and shows the merged file', async () => {
    const project = new ServedProject(test().serving);
    await project.start(FILE);
    const { page, go } = await test().visitAs('root');
    const planned = page.getByRole('region', { name: 'Jobs that would run' });
    await go(`/${project.path}/-/ci/editor`);
    await page.getByText('1 would not run').waitFor();
    await page.getByText('What would run for another ref').click();
    await page.getByLabel('Key of variable 1').fill('COLOUR');
    await page.getByLabel('Value of variable 1').fill('red');
    await planned.getByText('ship', { exact: true }).last().waitFor();
    await planned.getByText('needs build').waitFor();
    expect(await lookAt(page, 'editor-conditions')).toEqual([]);
    await page.getByRole('link', { name: 'Merged file' }).click();
    const merged = page.getByRole('textbox', { name: 'Merged file' });
    await merged.waitFor();
    expect(await merged.inputValue()).toContain('parallel: 2');
    expect(await lookAt(page, 'editor-merged')).toEqual([]);
  });

  it('asks for the inputs that a file must have, and keeps what was filled in while the file is wrong', async () => {
    const project = new ServedProject(test().serving);
    project.push('spec:\n  inputs:\n    size: {}\n---\nbuild-$[[ inputs.size ]]: {script: make}\n', {
      flags: ['-o', 'ci.skip'],
    });
    const { page, go } = await test().visitAs('root');
    const code = page.getByRole('textbox', { name: 'CI file' });
    const problems = page.getByRole('region', { name: 'Problems' });
    const planned = page.getByRole('region', { name: 'Jobs that would run' });
    const size = page.getByLabel('size', { exact: true });
    await go(`/${project.path}/-/ci/editor`);
    await problems.getByText('input "size" is required').waitFor();
    await size.fill('xl');
    await planned.getByText('build-xl').waitFor();
    await problems.getByText('The file is valid.').waitFor();
    expect(await lookAt(page, 'editor-inputs')).toEqual([]);

    await code.press('Control+End');
    await page.keyboard.type('wrong: [');
    await problems.getByText('1 problem').waitFor();
    expect(await size.inputValue()).toBe('xl');
  });

  it('opens the file where the project has it, and marks problems in that', async () => {
    const project = new ServedProject(test().serving);
    project.push('elsewhere: {script: make}\n', {
      files: { 'ci/all.yml': 'here: {script: make}\n' },
      flags: ['-o', 'ci.skip'],
    });
    const body = { ci_config_path: 'ci/all.yml' };
    const { status } = await test().serving.ask('PUT', `/api/v4/projects/${encodeURIComponent(project.path)}`, {
      body,
    });
    expect(status).toBe(200);
    const { page, go } = await test().visitAs('root');
    const code = page.getByRole('textbox', { name: 'CI file' });
    const problems = page.getByRole('region', { name: 'Problems' });
    await go(`/${project.path}/-/ci/editor`);
    await code.getByText('here: {script: make}').waitFor();
    await page.getByText('git commit --message "Change the pipeline" ci/all.yml').waitFor();
    await code.press('Control+End');
    await page.keyboard.type('wrong: {retry: 7, script: x}');
    await problems.getByRole('button', { name: 'Line 2' }).waitFor();
    await code.locator('.cm-lintRange-error').first().waitFor();
  });

  it('is found, written in and left again by keyboard alone', async () => {
    const project = new ServedProject(test().serving);
    await project.start(FILE);
    const { page, go } = await test().visitAs('root');
    const { press, write, reach } = handsOf('keyboard', page);
    const problems = page.getByRole('region', { name: 'Problems' });
    const planned = page.getByRole('region', { name: 'Jobs that would run' });
    const code = page.getByRole('textbox', { name: 'CI file' });
    await go(`/${project.path}/-/pipelines`);
    await press(page.getByRole('link', { name: 'CI editor' }));
    await problems.getByText('The file is valid.').waitFor();

    await reach(code);
    // WCAG 2.1.2.
    await page.getByText('Escape, then Tab leaves the field.').waitFor();
    await page.keyboard.press('ControlOrMeta+End');
    await page.keyboard.press('Tab');
    await page.keyboard.type('al');
    await page.getByRole('option', { name: /^allow_failure/ }).waitFor();
    // A list that opened less than 75 ms ago takes no answer: the key may have been meant for the text.
    const opened: number = await page.evaluate('Date.now()');
    await expect.poll(() => page.evaluate(`Date.now() - ${opened}`)).toBeGreaterThan(75);
    await page.keyboard.press('Enter');
    await page.keyboard.type('maybe');
    await problems.getByText('allow_failure must be true').waitFor();
    await press(problems.getByRole('button', { name: 'Line 13' }));
    await expect.poll(() => code.and(page.locator(':focus')).count()).toBe(1);
    // Where the problem is: at the value.
    await page.keyboard.press('Shift+End');
    await page.keyboard.type('true');
    await problems.getByText('The file is valid.').waitFor();

    await press(page.getByText('What would run for another ref'));
    await write(page.getByLabel('Key of variable 1'), 'COLOUR');
    await write(page.getByLabel('Value of variable 1'), 'red');
    await planned.getByText('needs build').waitFor();
    await press(page.getByRole('link', { name: 'Merged file' }));
    await reach(page.getByRole('textbox', { name: 'Merged file' }));
    await press(page.getByRole('button', { name: 'Copy the file' }));
    await page.getByText('Copied.').waitFor();
    await press(page.getByRole('button', { name: 'Discard changes' }));
    await expect.poll(() => code.and(page.locator(':focus')).count()).toBe(1);
  });
});
