import { Runner } from '../driver/runner.ts';
import { User } from '../driver/user.ts';
import type { World } from '../driver/world.ts';

const PARENT = `
start: {trigger: {include: child.yml, strategy: depend}}
`;
const CHILD = 'inner: {script: x, after_script: y}\n';
const DEPLOY = 'deploy: {script: x, after_script: y, resource_group: production}\n';

/** Children, and resources that one job at a time has. */
export async function crossPipelines(world: World, parent: string): Promise<void> {
  const user = await User.create(world, { parent, name: 'line' });
  const runner = new Runner(world);
  await runner.register();
  const first = await user.push({ '.gitlab-ci.yml': PARENT, 'child.yml': CHILD });
  const inner = await runner.take('inner');
  await inner.start();
  await inner.finish('success', 'success');
  await user.untilPipeline(first, 'success');
  const second = await user.push({ '.gitlab-ci.yml': PARENT, a: '2' });
  const canceled = await runner.take('inner');
  await canceled.start();
  await user.cancelPipeline(second);
  await canceled.tearDown('canceled');
  await canceled.finish('failed', 'canceled', 'canceled');
  await user.untilPipeline(second, 'canceled');
  const older = await user.push({ '.gitlab-ci.yml': DEPLOY }, 'one');
  const newer = await user.push({ '.gitlab-ci.yml': DEPLOY, a: '3' }, 'two');
  for (const pipeline of [older, newer]) {
    const deploy = await runner.take('deploy');
    await deploy.start();
    await deploy.finish('success', 'success');
    await user.untilPipeline(pipeline, 'success');
  }
}
