import { Runner } from '../driver/runner.ts';
import { User } from '../driver/user.ts';
import type { World } from '../driver/world.ts';

const FILES = {
  '.gitlab-ci.yml': `
free: {trigger: {include: child.yml}}
bad: {trigger: {include: bad.yml}}
shown: {trigger: {include: gate.yml, strategy: mirror}}
`,
  'child.yml': 'inner: {script: x, after_script: y, interruptible: graceful}\n',
  'bad.yml': 'inner: {script: x, needs: [nobody]}\n',
  'gate.yml': 'gate: {script: x, when: manual, allow_failure: false}\n',
};
const FOLLOWING = 'deep: {trigger: {include: child.yml, strategy: depend}}\n';

/** Children that nobody follows, that cannot be made, that wait for a person, that go on after their end, and that are cut short. */
export async function followChildren(world: World, parent: string): Promise<void> {
  const user = await User.create(world, { parent, name: 'family' });
  const runner = new Runner(world);
  await runner.register();
  const pipeline = await user.push(FILES);
  const inner = await runner.take('inner');
  await inner.finish('success', 'success');
  await user.untilJob(pipeline, 'free', 'success');
  await user.untilJob(pipeline, 'bad', 'failed');
  await user.untilJob(pipeline, 'shown', 'manual');
  const child = await user.childOf(pipeline, 'shown');
  await user.play(child, 'gate');
  const runGate = async (): Promise<void> => {
    const gate = await runner.take('gate');
    await gate.start();
    await user.untilJob(pipeline, 'shown', 'running');
    await gate.finish('success', 'success');
    await user.untilJob(pipeline, 'shown', 'success');
  };
  await runGate();
  await user.retry(child, 'gate');
  await runGate();
  await user.untilPipeline(pipeline, 'failed');
  const forced = await user.push({ '.gitlab-ci.yml': FOLLOWING });
  const cut = await runner.take('inner');
  await cut.start();
  cut.vanish();
  await user.cancelPipeline(forced, '?force=true');
  await user.untilPipeline(await user.childOf(forced, 'deep'), 'canceled');
  await user.untilPipeline(forced, 'canceled');
}
