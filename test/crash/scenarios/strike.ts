import { Runner } from '../driver/runner.ts';
import { User } from '../driver/user.ts';
import type { World } from '../driver/world.ts';

const LINE = `
stages: [one, two]
first: {stage: one, script: x}
then: {stage: two, script: x}
`;
const NOWHERE = 'nowhere: {script: x, tags: [nowhere]}\n';
const CLEAN = 'clean: {script: x, after_script: y, interruptible: graceful}\n';
const PLAIN = 'plain: {script: x, after_script: y, timeout: 10 minutes}\n';

/** Longer than a lease. */
const LAPSED_MS = 100_000;
/** Longer than `timeout` and what is added to it. */
const LATE_MS = 13 * 60_000;
/** Longer than a job waits that no runner fits. */
const STUCK_MS = 65 * 60_000;

/** Whatever strikes a job: before it has started, while it is prepared, in its teardown, and with runners that cannot clean up. */
export async function strikeJobs(world: World, parent: string): Promise<void> {
  const user = await User.create(world, { parent, name: 'struck' });
  const [runner, old] = [new Runner(world), new Runner(world, 'old')];
  await runner.register();
  await old.register();
  await skipAndGoOn(user, runner);
  await strikeWaiting(world, user);
  await strikePreparing(world, user, runner);
  await strikeTeardown(user, runner);
  await cleanElsewhere(user, runner);
  await cleanAfterAll(world, user, runner);
  await loseForGood(world, user, { runner, old });
}

async function skipAndGoOn(user: User, runner: Runner): Promise<void> {
  const pipeline = await user.push({ '.gitlab-ci.yml': LINE }, 'line');
  const first = await runner.take('first');
  await first.start();
  await first.finish('failed', 'failed');
  await user.untilJob(pipeline, 'then', 'skipped');
  await user.retry(pipeline, 'first');
  for (const name of ['first', 'then']) {
    const job = await runner.take(name);
    await job.start();
    await job.finish('success', 'success');
  }
  await user.untilPipeline(pipeline, 'success');
}

async function strikeWaiting(world: World, user: User): Promise<void> {
  const stuck = await user.push({ '.gitlab-ci.yml': NOWHERE }, 'stuck');
  await world.step(() => world.pass(STUCK_MS));
  await user.untilPipeline(stuck, 'failed');
  const forced = await user.push({ '.gitlab-ci.yml': LINE, a: '1' }, 'forced');
  await user.cancelPipeline(forced, '?force=true');
  await user.untilPipeline(forced, 'canceled');
}

async function strikePreparing(world: World, user: User, runner: Runner): Promise<void> {
  const canceled = await user.push({ '.gitlab-ci.yml': PLAIN }, 'canceled');
  const early = await runner.take('plain');
  await early.renew();
  await user.cancelJob(early.id);
  early.vanish();
  await user.untilPipeline(canceled, 'canceled');
  const late = await user.push({ '.gitlab-ci.yml': PLAIN, a: '2' }, 'late');
  const slow = await runner.take('plain');
  await world.step(() => world.pass(LATE_MS));
  slow.vanish();
  await user.untilPipeline(late, 'failed');
}

async function strikeTeardown(user: User, runner: Runner): Promise<void> {
  const pipeline = await user.push({ '.gitlab-ci.yml': CLEAN }, 'teardown');
  const job = await runner.take('clean');
  await job.start();
  await job.startTeardown('succeeded');
  await job.askForMore('succeeded', 60);
  await user.cancelJob(job.id);
  await job.finish('success', 'canceled');
  await user.untilPipeline(pipeline, 'canceled');
}

async function cleanElsewhere(user: User, runner: Runner): Promise<void> {
  const pipeline = await user.push({ '.gitlab-ci.yml': CLEAN, a: '3' }, 'elsewhere');
  const job = await runner.take('clean');
  await job.start();
  await job.giveUp();
  const cleanup = await runner.take('clean');
  await cleanup.tearDown('failed');
  await cleanup.finish('failed', 'failed');
  await user.untilPipeline(pipeline, 'failed');
}

/** A runner that was taken for lost comes back before another one has its cleanup. */
async function cleanAfterAll(world: World, user: User, runner: Runner): Promise<void> {
  const pipeline = await user.push({ '.gitlab-ci.yml': CLEAN, a: '7' }, 'after-all');
  const job = await runner.take('clean');
  await job.start();
  job.vanish();
  await world.step(() => world.pass(LAPSED_MS));
  await job.comeBack();
  await job.tearDown('runner_lost');
  await job.finish('failed', 'failed', 'runner_lost');
  await user.untilPipeline(pipeline, 'failed');
}

async function loseForGood(
  world: World,
  user: User,
  { runner, old }: { readonly runner: Runner; readonly old: Runner },
): Promise<void> {
  const lost = await user.push({ '.gitlab-ci.yml': PLAIN, a: '4' }, 'lost');
  const job = await runner.take('plain');
  await job.start();
  job.vanish();
  await world.step(() => world.pass(LAPSED_MS));
  await user.untilPipeline(lost, 'failed');
  const dropped = await user.push({ '.gitlab-ci.yml': PLAIN, a: '5' }, 'dropped');
  const blind = await old.take('plain');
  await blind.renew();
  await user.cancelJob(blind.id);
  blind.vanish();
  await user.untilPipeline(dropped, 'canceled');
  const late = await user.push({ '.gitlab-ci.yml': PLAIN, a: '6' }, 'overdue');
  const slow = await old.take('plain');
  await world.step(() => world.pass(LATE_MS));
  slow.vanish();
  await user.untilPipeline(late, 'failed');
}
