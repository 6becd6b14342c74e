import { demand, Runner } from '../driver/runner.ts';
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
  await cancelTooLate(world, user);
}

/** Files that a child takes long to be made of, as each is read only when the one before was. */
const LONG_LINE = Object.fromEntries(
  Array.from({ length: 20 }, (_, at) => [`line-${at}.yml`, `include: [{local: line-${at + 1}.yml}]\n`]),
);
const SLOW = {
  '.gitlab-ci.yml': Array.from({ length: 4 }, (_, at) => `t${at}: {trigger: {include: line-0.yml}}\n`).join(''),
  ...LONG_LINE,
  'line-20.yml': 'inner: {script: x}\n',
};
/** It is up to chance whether a cancel comes while a child is being made. */
const MOST_TRIES = 20;

/** A pipeline is cancelled while a child of it is being made: the child is, right away. */
async function cancelTooLate(world: World, user: User): Promise<void> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    let early: readonly Bridge[] = [];
    const bridges = async (pipeline: number): Promise<readonly Bridge[]> =>
      demand(await user.request('GET', `/pipelines/${pipeline}/bridges`), [200]).json;
    const pipeline = await user.pushAnd({ ...SLOW, tries: `${tries}` }, { branch: 'slow' }, async (id) => {
      demand(await user.request('POST', `/pipelines/${id}/cancel`, {}), [200]);
      early = (await bridges(id)).filter((bridge) => bridge.downstream_pipeline === null);
    });
    world.ledger.cancelledPipelines.add(pipeline);
    await user.untilPipeline(pipeline, 'canceled');
    const late = (await world.step(() => bridges(pipeline))).find(
      ({ id, downstream_pipeline: child }) => child !== null && early.some((one) => one.id === id),
    );
    if (late?.downstream_pipeline) return await user.untilPipeline(late.downstream_pipeline.id, 'canceled');
  }
  throw new Error('no cancel came while a child was being made');
}

interface Bridge {
  readonly id: number;
  readonly downstream_pipeline: { readonly id: number } | null;
}
