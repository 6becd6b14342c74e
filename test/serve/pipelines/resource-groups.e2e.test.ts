import { expect, it } from 'vitest';
import { describeServing } from '../support/describe-serving.ts';
import { HandRunner } from '../support/hand-runner.ts';
import { ServedProject, type ShownPipeline } from '../support/served-project.ts';

const FILE = 'deploy: {script: x, after_script: [y], resource_group: production}\n';
const LATER =
  'stages: [build, deploy]\nbuild: {stage: build, script: x, tags: [build]}\ndeploy: {stage: deploy, script: x, resource_group: production}\n';

/** Pipelines of one project that want the same resource. */
describeServing(['--no-runner'], (serving) => {
  /** On branches of their own: nothing supersedes another. The first holds the resource, the others wait. */
  async function startThree(mode: string) {
    const project = new ServedProject(serving());
    const first = await project.start(FILE);
    const set = await project.ask('/resource_groups/production', 'PUT', { body: { process_mode: mode } });
    expect([set.status, set.json.process_mode]).toEqual([200, mode]);
    const runner = await HandRunner.of(serving(), project);
    const holder = await runner.take();
    await holder.beginScript();
    const others = [];
    for (const branch of ['second', 'third']) {
      others.push(await project.start(FILE, { branch, files: { change: branch } }));
    }
    const [second, third] = others as [ShownPipeline, ShownPipeline];
    for (const each of others) await project.untilJob(each, 'deploy', 'waiting_for_resource');
    expect(await runner.poll()).toBeNull();
    return { project, runner, holder, first, second, third };
  }

  const pipelineOf = (held: { variable(key: string): string | undefined }) => Number(held.variable('CI_PIPELINE_ID'));

  it.each([
    { mode: 'oldest_first', order: ['second', 'third'] },
    { mode: 'newest_first', order: ['third', 'second'] },
    { mode: 'newest_ready_first', order: ['third', 'second'] },
  ] as const)('hands the resource on from pipeline to pipeline, $mode', async ({ mode, order }) => {
    const { runner, holder, ...pipelines } = await startThree(mode);
    let held = holder;
    for (const next of order) {
      await held.finish('success', 'succeeded');
      held = await runner.take();
      expect(pipelineOf(held)).toBe(pipelines[next].id);
      expect(await runner.poll()).toBeNull();
      await held.beginScript();
    }
  });

  it('hands it on to each, one after the other, unordered', async () => {
    const { runner, holder, second, third } = await startThree('unordered');
    await holder.finish('success', 'succeeded');
    const one = await runner.take();
    expect(await runner.poll()).toBeNull();
    await one.finish('success', 'succeeded');
    const other = await runner.take();
    expect([pipelineOf(one), pipelineOf(other)].sort((a, b) => a - b)).toEqual([second.id, third.id]);
  });

  it('keeps it while the holder cleans up after a cancel, and hands it on when that has ended', async () => {
    const { project, runner, holder, first, second } = await startThree('oldest_first');
    await project.cancelPipeline(first);
    expect((await project.job(first, 'deploy')).status).toBe('canceling');
    expect((await holder.trace('cleaning\n')).status).toBe(202);
    expect(await runner.poll()).toBeNull();
    expect((await project.job(second, 'deploy')).status).toBe('waiting_for_resource');
    await holder.finish('failed', 'canceled');
    expect(pipelineOf(await runner.take())).toBe(second.id);
  });

  it('passes over a pipeline that was cancelled while it waited', async () => {
    const { project, runner, holder, second, third } = await startThree('oldest_first');
    await project.cancelPipeline(second);
    await project.untilPipeline(second, 'canceled');
    await holder.finish('success', 'succeeded');
    expect(pipelineOf(await runner.take())).toBe(third.id);
  });

  it('waits with oldest_first for an older job that is still to come, and with newest_ready_first does not', async () => {
    const project = new ServedProject(serving());
    const older = await project.start(LATER);
    const mode = (process_mode: string) =>
      project.ask('/resource_groups/production', 'PUT', { body: { process_mode } });
    expect((await mode('oldest_first')).status).toBe(200);
    const newer = await project.start(FILE, { branch: 'newer', files: { change: 'newer' } });
    await project.untilJob(newer, 'deploy', 'waiting_for_resource');
    const runner = await HandRunner.of(serving(), project);
    expect(await runner.poll()).toBeNull();
    expect((await project.job(older, 'deploy')).status).toBe('created');
    expect((await mode('newest_ready_first')).status).toBe(200);
    expect(pipelineOf(await runner.take())).toBe(newer.id);
  });

  it('tells who holds it and who is next', async () => {
    const { project, holder, second, third } = await startThree('oldest_first');
    const of = async (what: string) => (await project.ask(`/resource_groups/production/${what}`)).json;
    expect((await of('current_job')).id).toBe(holder.id);
    const next = await of('upcoming_jobs');
    expect(next.map(({ pipeline }: { pipeline: ShownPipeline }) => pipeline.id)).toEqual([second.id, third.id]);
  });
});
