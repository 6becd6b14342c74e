import { Runner } from '../driver/runner.ts';
import { User } from '../driver/user.ts';
import type { World } from '../driver/world.ts';
import { zipOf } from '../driver/zip-of.ts';

const FILE = `
stages: [build, test]
make: {stage: build, script: x, after_script: y, artifacts: {paths: [out]}}
check: {stage: test, script: x, after_script: y, needs: [make]}
later: {stage: test, script: x, when: manual, needs: [make]}
soon: {stage: test, script: x, when: delayed, start_in: 5 minutes, needs: [make]}
`;

/** A push, jobs that run, logs, artifacts, a failure, a retry, manual and delayed jobs; then what is kept goes. */
export async function runJobs(world: World, parent: string): Promise<void> {
  const user = await User.create(world, { parent, name: 'shop' });
  const runner = new Runner(world);
  await runner.register();
  const pipeline = await user.push({ '.gitlab-ci.yml': FILE });
  const make = await runner.take('make');
  await make.start();
  for (const words of ['one\n', 'two\n', 'three\n']) await make.write(words);
  await make.upload('archive', 'zip', await zipOf({ 'out/a.txt': 'data' }));
  await make.upload('dotenv', 'raw', Buffer.from('NAME=world\n'));
  await make.tearDown('succeeded');
  await make.write('clean\n');
  await make.finish('success', 'success');
  const check = await runner.take('check');
  await check.start();
  await check.write('bad\n');
  await check.finish('failed', 'failed');
  await user.retry(pipeline, 'check');
  const again = await runner.take('check');
  await again.start();
  await again.finish('success', 'success');
  await user.play(pipeline, 'later');
  const later = await runner.take('later');
  await later.finish('success', 'success');
  await world.step(() => world.pass(5 * 60_000));
  const soon = await runner.take('soon');
  await soon.finish('success', 'success');
  await user.untilPipeline(pipeline, 'success');
  await forget(world, user, { pipeline, job: make.id });
}

/** Logs are sealed, one job is erased, artifacts expire, the pipeline goes. */
async function forget(
  world: World,
  user: User,
  { pipeline, job }: { readonly pipeline: number; readonly job: number },
): Promise<void> {
  await world.step(() => world.pass(20_000));
  world.ledger.forgetJob(job);
  await user.ask('POST', `/jobs/${job}/erase`, [201], { again: [403] });
  await user.push({ '.gitlab-ci.yml': 'only: {script: x}\n' });
  const runner = new Runner(world, 'foreign');
  await runner.register();
  const only = await runner.take('only');
  await only.write('words\n');
  await only.upload('archive', 'zip', await zipOf({ a: 'b' }));
  await only.finish('success', 'success');
  for (const { id } of await user.jobs(pipeline)) world.ledger.forget(id);
  world.ledger.pipelines.delete(pipeline);
  await user.ask('DELETE', `/pipelines/${pipeline}`, [204], { again: [404] });
}
