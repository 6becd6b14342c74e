import { expect, it } from 'vitest';
import { waitUntil } from '../../support/wait-until.ts';
import { describeServing } from '../support/describe-serving.ts';
import { beginJobs, HandRunner } from '../support/hand-runner.ts';
import { ServedProject, type ShownPipeline } from '../support/served-project.ts';

const CHILD = 'inner: {script: x, tags: [inner], after_script: [y], interruptible: graceful}\n';
const parent = (trigger: string): string => `
stages: [one, two]
child: {stage: one, trigger: {include: child.yml${trigger}}}
after: {stage: two, script: x}
`;

describeServing(['--no-runner'], (serving) => {
  /** A push whose pipeline has a child, and the child's job in its script. */
  async function startBoth(trigger = ', strategy: depend') {
    const project = new ServedProject(serving());
    const pipeline = await project.start(parent(trigger), { files: { 'child.yml': CHILD } });
    const child = await childOf(project, pipeline);
    const inner = (await beginJobs(serving(), project, 'inner'))('inner');
    return { project, pipeline, child, inner };
  }

  it('makes a pipeline of an included file, and waits for its end where the strategy says so', async () => {
    const { project, pipeline, child, inner } = await startBoth();
    expect(child).toMatchObject({ source: 'parent_pipeline', ref: 'main', sha: pipeline.sha });
    expect(inner.variable('CI_PIPELINE_SOURCE')).toBe('parent_pipeline');
    expect(await project.statuses(pipeline)).toEqual({ child: 'running', after: 'created' });
    await inner.finish('success', 'succeeded');
    await project.untilJob(pipeline, 'child', 'success');
    expect((await (await HandRunner.of(serving(), project)).take()).name).toBe('after');
  });

  it('goes on at once where no strategy is given, whatever becomes of the child', async () => {
    const { project, pipeline, child, inner } = await startBoth('');
    await project.untilJob(pipeline, 'child', 'success');
    const after = await (await HandRunner.of(serving(), project)).take();
    await inner.finish('failed', 'failed');
    await after.finish('success', 'succeeded');
    await project.untilPipeline(child, 'failed');
    await project.untilPipeline(pipeline, 'success');
  });

  it('fails where the child that it depends on fails, and succeeds after the job of the child is retried', async () => {
    const { project, pipeline, child, inner } = await startBoth();
    await inner.finish('failed', 'failed');
    await project.untilJob(pipeline, 'child', 'failed');
    await project.untilPipeline(pipeline, 'failed');
    await project.retryJob(await project.job(child, 'inner'));
    await project.untilJob(pipeline, 'child', 'running');
    await (await beginJobs(serving(), project, 'inner'))('inner').finish('success', 'succeeded');
    await project.untilJob(pipeline, 'child', 'success');
    expect((await project.job(pipeline, 'after')).status).toBe('pending');
  });

  it('cancels a child gracefully with its parent, which ends when the cleanup of the child has', async () => {
    const { project, pipeline, child, inner } = await startBoth();
    await project.cancelPipeline(pipeline);
    const canceling = await project.untilJob(child, 'inner', 'canceling');
    expect(canceling).toMatchObject({ phase: 'teardown', cleanup: { outcome: null } });
    expect((await project.pipeline(child)).status).toBe('canceling');
    expect((await inner.trace('cleaning\n')).headers.get('job-status')).toBe('canceling');
    expect(await inner.finish('failed', 'canceled')).toBe('canceled');
    await project.untilPipeline(child, 'canceled');
    await project.untilPipeline(pipeline, 'canceled');
    expect(await project.job(child, 'inner')).toMatchObject({ status: 'canceled', cleanup: { outcome: 'succeeded' } });
    expect(await project.statuses(pipeline)).toEqual({ child: 'canceled', after: 'canceled' });
  });

  it('forces a child with its parent, and writes down what the child owed', async () => {
    const { project, pipeline, child, inner } = await startBoth();
    await project.cancelPipeline(pipeline, '?force=true');
    const job = await project.untilJob(child, 'inner', 'canceled');
    expect(job).toMatchObject({ cleanup: { outcome: 'skipped' }, teardown: { forced_by: 'root' } });
    expect((await inner.put({ state: 'running' })).status).toBe(403);
    await project.untilPipeline(pipeline, 'canceled');
  });

  it('leaves the parent to go its way when only the child is cancelled, which counts as its end', async () => {
    const { project, pipeline, child, inner } = await startBoth();
    await project.cancelPipeline(child);
    await inner.finish('failed', 'canceled');
    await project.untilJob(pipeline, 'child', 'canceled');
    await project.untilPipeline(pipeline, 'canceled');
    expect((await project.job(pipeline, 'after')).status).toBe('skipped');
  });

  it('cancels the child of a child gracefully too, and ends each when what is below it has ended', async () => {
    const project = new ServedProject(serving());
    const down = (file: string) => `child: {trigger: {include: ${file}, strategy: depend}}\n`;
    const files = { 'child.yml': down('grandchild.yml'), 'grandchild.yml': CHILD };
    const pipeline = await project.start(down('child.yml'), { files });
    const child = await childOf(project, pipeline);
    const grandchild = await childOf(project, child);
    const inner = (await beginJobs(serving(), project, 'inner'))('inner');
    await project.cancelPipeline(pipeline);
    await project.untilJob(grandchild, 'inner', 'canceling');
    await inner.finish('failed', 'canceled');
    for (const each of [grandchild, child, pipeline]) await project.untilPipeline(each, 'canceled');
    expect((await project.job(grandchild, 'inner')).cleanup?.outcome).toBe('succeeded');
  });

  it('cancels the child of a trigger job that is cancelled alone, and makes another one when that job is retried', async () => {
    const { project, pipeline, child, inner } = await startBoth();
    const trigger = await project.job(pipeline, 'child');
    await project.cancelJob(trigger);
    await project.untilJob(child, 'inner', 'canceling');
    await inner.finish('failed', 'canceled');
    await project.untilPipeline(child, 'canceled');
    await project.untilPipeline(pipeline, 'canceled');
    const again = await project.retryJob(trigger);
    expect(again).toMatchObject({ name: 'child' });
    const other = await childOf(project, pipeline);
    expect(other.id).toBeGreaterThan(child.id);
    await (await beginJobs(serving(), project, 'inner'))('inner').finish('success', 'succeeded');
    await project.untilJob(pipeline, 'child', 'success');
  });

  it.each([
    ['is wrong', 'inner: {script: x, stage: nowhere}\n'],
    ['has no job for it', 'inner: {script: x, rules: [{when: never}]}\n'],
  ])('fails a trigger job whose file %s, and says why', async (_what, file) => {
    const project = new ServedProject(serving());
    const pipeline = await project.start(parent(''), { files: { 'child.yml': file } });
    const { failure_reason } = await project.untilJob(pipeline, 'child', 'failed');
    expect(failure_reason).toBe('downstream_pipeline_creation_failed');
    await project.untilPipeline(pipeline, 'failed');
  });
});

async function childOf(project: ServedProject, { id }: ShownPipeline): Promise<ShownPipeline> {
  return await waitUntil('the child is there', async () => {
    const bridges = (await project.ask(`/pipelines/${id}/bridges`)).json;
    return bridges[0].downstream_pipeline === null ? null : project.pipeline(bridges[0].downstream_pipeline);
  });
}
