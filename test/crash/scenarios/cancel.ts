import { Runner } from '../driver/runner.ts';
import { User } from '../driver/user.ts';
import type { World } from '../driver/world.ts';

const FILE = `
stages: [one, two]
slow: {stage: one, script: x, after_script: y, interruptible: graceful}
other: {stage: one, script: x, after_script: y, interruptible: graceful}
rest: {stage: two, script: x}
`;

/** Cancelled gracefully and by force, superseded, timed out, and lost with its runner. */
export async function cancelJobs(world: World, parent: string): Promise<void> {
  const user = await User.create(world, { parent, name: 'slow' });
  const runner = new Runner(world);
  await runner.register();
  const pipeline = await user.push({ '.gitlab-ci.yml': FILE });
  const slow = await runner.take('slow');
  await slow.start();
  await user.cancelJob(slow.id);
  await slow.write('cleaning\n');
  await slow.tearDown('canceled');
  await slow.finish('failed', 'canceled', 'canceled');
  const other = await runner.take('other');
  await other.start();
  await user.cancelPipeline(pipeline);
  other.vanish();
  await user.cancelPipeline(pipeline, '?force=true');
  await user.untilPipeline(pipeline, 'canceled');
  await supersede(world, user, runner);
  await loseRunner(world, user, runner);
}

async function supersede(world: World, user: User, runner: Runner): Promise<void> {
  const older = await user.push({ '.gitlab-ci.yml': FILE, a: '1' });
  const slow = await runner.take('slow');
  await slow.start();
  const newer = await user.push({
    '.gitlab-ci.yml': 'short: {script: x, after_script: y, timeout: 10 minutes, interruptible: graceful}\n',
    a: '2',
  });
  await user.untilJob(older, 'slow', 'canceling');
  await slow.finish('failed', 'canceled', 'canceled');
  await user.untilPipeline(older, 'canceled');
  const short = await runner.take('short');
  await short.start();
  // It runs for ever, and its runner keeps it.
  await world.step(() => world.pass(13 * 60_000));
  short.vanish();
  await user.untilPipeline(newer, 'failed');
}

async function loseRunner(world: World, user: User, runner: Runner): Promise<void> {
  const pipeline = await user.push({
    '.gitlab-ci.yml': 'lost: {script: x, after_script: y, interruptible: graceful}\n',
    a: '3',
  });
  const lost = await runner.take('lost');
  await lost.start();
  await lost.write('before\n');
  lost.vanish();
  await world.step(() => world.pass(100_000));
  const cleanup = await runner.take('lost');
  await cleanup.write('after\n');
  await cleanup.tearDown('runner_lost');
  await cleanup.finish('failed', 'failed', 'runner_lost');
  await user.untilPipeline(pipeline, 'failed');
}
