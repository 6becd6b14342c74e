import { expect, it } from 'vitest';
import { describeServing } from '../support/describe-serving.ts';
import { HandRunner, type HeldJob } from '../support/hand-runner.ts';
import { ServedProject, type ShownJob } from '../support/served-project.ts';

/** Jobs that get their turn by hand, after a while, or once more. */
describeServing(['--no-runner'], (serving) => {
  async function start(ci: string) {
    const project = new ServedProject(serving());
    const pipeline = await project.start(ci);
    return { project, pipeline, runner: await HandRunner.of(serving(), project) };
  }

  async function runTo(held: HeldJob, end: 'success' | 'failed'): Promise<void> {
    await held.beginScript();
    await held.finish(end, end === 'success' ? 'succeeded' : 'failed');
  }

  it('waits for a person where a manual job may not fail, and goes on with the variables that they gave', async () => {
    const { project, pipeline, runner } = await start(`
stages: [one, two]
gate: {stage: one, script: x, when: manual, allow_failure: false, variables: {WHERE: here, HOW: fast}}
after: {stage: two, script: x}
`);
    await project.untilPipeline(pipeline, 'manual');
    expect(await project.statuses(pipeline)).toEqual({ gate: 'manual', after: 'created' });
    expect(await runner.poll()).toBeNull();
    const played = await project.playJob(await project.job(pipeline, 'gate'), {
      job_variables_attributes: [{ key: 'WHERE', value: 'there' }],
    });
    expect(played).toMatchObject({ name: 'gate', status: 'pending' });
    const held = await runner.take();
    expect([held.variable('WHERE'), held.variable('HOW'), held.variable('CI_JOB_MANUAL')]).toEqual([
      'there',
      'fast',
      'true',
    ]);
    await runTo(held, 'success');
    expect((await runner.take()).name).toBe('after');
  });

  it('goes past a manual job that may fail, which can be played to the end', async () => {
    const { project, pipeline, runner } = await start(
      'stages: [one, two]\nextra: {stage: one, script: x, when: manual}\nnext: {stage: two, script: x}\n',
    );
    await runTo(await runner.take(), 'success');
    await project.untilPipeline(pipeline, 'success');
    await project.playJob(await project.job(pipeline, 'extra'));
    expect((await project.pipeline(pipeline)).status).toBe('running');
    await runTo(await runner.take(), 'failed');
    // It was allowed to.
    await project.untilPipeline(pipeline, 'success');
    expect(await project.statuses(pipeline)).toEqual({ extra: 'failed', next: 'success' });
  });

  it('hands a delayed job out when its time has come, and not before; or at once when somebody plays it', async () => {
    const { project, pipeline, runner } = await start(
      'soon: {script: x, when: delayed, start_in: 2 seconds}\nlate: {script: x, when: delayed, start_in: 1 week}\n',
    );
    const { created_at } = (await project.ask(`/jobs/${(await project.job(pipeline, 'soon')).id}`)).json;
    const held = await runner.take();
    expect(Date.now() - Date.parse(created_at)).toBeGreaterThanOrEqual(2_000);
    expect(held.name).toBe('soon');
    await runTo(held, 'success');
    expect(await project.statuses(pipeline)).toEqual({ soon: 'success', late: 'scheduled' });
    expect((await project.pipeline(pipeline)).status).toBe('scheduled');
    await project.playJob(await project.job(pipeline, 'late'));
    expect((await runner.take()).name).toBe('late');
  });

  it('makes a job run again: a new one of that name, and what came after it waits again', async () => {
    const { project, pipeline, runner } = await start(
      'stages: [one, two]\nfirst: {stage: one, script: x}\nsecond: {stage: two, script: x}\n',
    );
    await runTo(await runner.take(), 'failed');
    await project.untilPipeline(pipeline, 'failed');
    const old = await project.job(pipeline, 'first');
    expect((await project.job(pipeline, 'second')).status).toBe('skipped');
    const again = await project.retryJob(old);
    expect(again).toMatchObject({ name: 'first', status: 'pending', cleanup: null });
    expect(again.id).toBeGreaterThan(old.id);
    expect(await project.statuses(pipeline)).toEqual({ first: 'pending', second: 'created' });
    const all = (await project.ask(`/pipelines/${pipeline.id}/jobs?include_retried=true&scope[]=failed`)).json;
    expect(all.map(({ id }: ShownJob) => id)).toEqual([old.id]);
    await runTo(await runner.take(), 'success');
    await runTo(await runner.take(), 'success');
    await project.untilPipeline(pipeline, 'success');
    expect((await project.ask(`/jobs/${old.id}/retry`, 'POST')).status).toBe(403);
  });

  it('retries of a pipeline what failed and what was cancelled, and nothing else', async () => {
    const { project, pipeline, runner } = await start(
      'good: {script: x}\nbad: {script: x}\nnever: {script: x, tags: [nowhere]}\n',
    );
    await runTo(await runner.take(), 'success');
    await runTo(await runner.take(), 'failed');
    await project.cancelJob(await project.job(pipeline, 'never'));
    await project.untilPipeline(pipeline, 'failed');
    const good = await project.job(pipeline, 'good');
    expect((await project.ask(`/pipelines/${pipeline.id}/retry`, 'POST')).status).toBe(201);
    expect(await project.statuses(pipeline)).toEqual({ good: 'success', bad: 'pending', never: 'pending' });
    expect((await project.job(pipeline, 'good')).id).toBe(good.id);
  });

  it('tries a job again by itself as often as its file says', async () => {
    const { project, pipeline, runner } = await start('flaky: {script: x, retry: 1}\n');
    await runTo(await runner.take(), 'failed');
    expect((await project.pipeline(pipeline)).status).not.toBe('failed');
    const again = await runner.take();
    await runTo(again, 'failed');
    await project.untilPipeline(pipeline, 'failed');
    expect(await runner.poll()).toBeNull();
  });

  it('retries a job that still cleans up after a cancel, which goes on with that', async () => {
    const { project, pipeline, runner } = await start('it: {script: x, after_script: [y], interruptible: graceful}\n');
    const held = await runner.take();
    await held.beginScript();
    const first = await project.job(pipeline, 'it');
    await project.cancelJob(first);
    const second = await project.retryJob(first);
    expect(second).toMatchObject({ status: 'pending', cleanup: null });
    expect((await held.trace('cleaning\n')).headers.get('job-status')).toBe('canceling');
    await runTo(await runner.take(), 'success');
    expect(await held.finish('failed', 'canceled')).toBe('canceled');
    const old = (await project.ask(`/jobs/${first.id}`)).json;
    expect(old).toMatchObject({ status: 'canceled', cleanup: { outcome: 'succeeded' } });
    expect((await project.job(pipeline, 'it')).id).toBe(second.id);
    await project.untilPipeline(pipeline, 'success');
  });
});
