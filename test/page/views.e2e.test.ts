import { expect, it } from 'vitest';
import { ServedProject } from '../serve/support/served-project.ts';
import { describePage } from './support/describe-page.ts';
import { lookAt } from './support/look-at.ts';

/** Each view in both themes and widths: pictures for the eye, and axe for what the eye does not see. */
describePage('views', (test) => {
  it('shows projects, and that there are none', async () => {
    const { serving, visitAs } = test();
    const { page, go } = await visitAs('root');
    await go('/');
    await page.getByLabel('Project name').waitFor();
    expect(await lookAt(page, 'projects-none')).toEqual([]);
    await new ServedProject(serving, 'root/shop').start('it: {script: "true"}\n');
    await page.reload();
    await page.getByRole('link', { name: 'root/shop' }).waitFor();
    expect(await lookAt(page, 'projects')).toEqual([]);
  });
});
