import { expect, it } from 'vitest';
import { describeServing } from './support/describe-serving.ts';
import { HandRunner, type HeldJob, type RUNNERS } from './support/hand-runner.ts';
import { ServedProject, type ShownJob, type ShownPipeline } from './support/served-project.ts';

const FILE = 'it: {script: "true", after_script: ["true"]}\n';

interface Held {
  readonly project: ServedProject;
  readonly pipeline: ShownPipeline;
  readonly held: HeldJob;
  it(): Promise<ShownJob>;
}

/** Runners that a test plays: the exact moment is what counts. */
describeServing(['--no-runner'], (serving) => {
  async function take(kind: keyof typeof RUNNERS = 'ours'): Promise<Held> {
    const project = new ServedProject(serving());
    const pipeline = await project.start(FILE);
    const held = await (await HandRunner.of(serving(), project, kind)).take();
    return { project, pipeline, held, it: () => project.job(pipeline, 'it') };
  }

  it.each(['job', 'pipeline'] as const)(
    'has one clean up whose %s is cancelled in its script, takes its log meanwhile, and ends it as canceled',
    async (what) => {
      const { project, pipeline, held, it } = await take();
      await held.beginScript();
      await held.trace('one\n');
      if (what === 'job') await project.cancelJob(await it());
      else await project.cancelPipeline(pipeline);
      const canceling = await it();
      expect(canceling).toMatchObject({ status: 'canceling', phase: 'teardown', cleanup: { outcome: null } });
      expect(canceling.teardown).toMatchObject({ cause: 'canceled', requested_by: 'root' });
      expect((await project.pipeline(pipeline)).status).toBe('canceling');
      const told = await held.trace('two\n');
      expect([told.status, told.headers.get('job-status')]).toEqual([202, 'canceling']);
      // Again: nothing is another than it was.
      await project.cancelJob(canceling);
      const { status, phase, cleanup } = canceling;
      const teardown = { ...canceling.teardown, now: expect.any(String) };
      expect(await it()).toMatchObject({ status, phase, teardown, cleanup });
      expect(await held.beginTeardown('canceled')).toBe('canceling');
      await held.trace('cleaned\n');
      expect(await project.trace(canceling)).toContain('one\ntwo\ncleaned\n');
      expect(await held.finish('failed', 'canceled')).toBe('canceled');
      const ended = await it();
      expect(ended).toMatchObject({ status: 'canceled', phase: null, cleanup: { outcome: 'succeeded' } });
      expect(ended.failure_reason).toBeUndefined();
      await project.untilPipeline(pipeline, 'canceled');
    },
  );

  it.each(['succeeded', 'failed'] as const)(
    'lets one go on with its cleanup that is cancelled in the teardown of a script that %s',
    async (cause) => {
      const { project, held, it } = await take();
      await held.beginScript();
      await held.beginTeardown(cause);
      expect(await it()).toMatchObject({ status: 'running', phase: 'teardown', teardown: { cause } });
      await project.cancelJob(await it());
      expect(await it()).toMatchObject({ status: 'canceling', phase: 'teardown', teardown: { cause: 'canceled' } });
      expect((await held.trace('still cleaning\n')).status).toBe(202);
      expect(await held.finish(cause === 'succeeded' ? 'success' : 'failed', cause)).toBe('canceled');
      expect(await it()).toMatchObject({ status: 'canceled', cleanup: { outcome: 'succeeded' } });
    },
  );

  it('shows it where the cleanup of a cancelled job fails, and lists it until somebody has seen to it', async () => {
    const { project, held, it } = await take();
    await held.beginScript();
    await project.cancelJob(await it());
    await held.finish('failed', 'canceled', 'failed');
    const job = await it();
    expect(job).toMatchObject({ status: 'canceled', cleanup: { outcome: 'failed' } });
    expect((await project.ask('/obligations')).json).toMatchObject([{ job_id: job.id, state: 'failed' }]);
  });

  it.each(['script', 'teardown', 'canceling'] as const)(
    'ends one at once that is forced in %s, writes down who and what was owed, and refuses its runner',
    async (moment) => {
      const { project, pipeline, held, it } = await take();
      await held.beginScript();
      if (moment === 'teardown') await held.beginTeardown('succeeded');
      if (moment === 'canceling') await project.cancelJob(await it());
      const forced = await project.cancelJob(await it(), '?force=true');
      expect(forced).toMatchObject({ status: 'canceled', phase: null, cleanup: { outcome: 'skipped' } });
      expect(forced.cleanup?.skipped_by).toBe('root');
      expect(forced.teardown?.forced_by).toBe('root');
      expect(forced.cleanup?.reason).not.toBeNull();
      for (const answer of [await held.trace('late\n'), await held.put({ state: 'success' })]) {
        expect([answer.status, answer.headers.get('job-status')]).toEqual([403, 'canceled']);
      }
      await project.untilPipeline(pipeline, 'canceled');
      expect((await project.ask('/obligations')).json).toMatchObject([{ job_id: forced.id, state: 'skipped' }]);
    },
  );

  it('forces every job of a pipeline', async () => {
    const { project, pipeline, held, it } = await take();
    await held.beginScript();
    await project.cancelPipeline(pipeline, '?force=true');
    expect(await it()).toMatchObject({ status: 'canceled', cleanup: { outcome: 'skipped' } });
    await project.untilPipeline(pipeline, 'canceled');
  });

  it("tells GitLab's runner with its log that it is to cancel, and believes that it has cleaned up", async () => {
    const { project, held, it } = await take('gitlab');
    await project.cancelJob(await it());
    expect((await it()).status).toBe('canceling');
    const told = await held.trace('one\n');
    expect([told.status, told.headers.get('job-status')]).toEqual([202, 'canceling']);
    expect(await held.report({ state: 'failed', failure_reason: 'job_canceled' })).toBe('canceled');
    expect(await it()).toMatchObject({ status: 'canceled', cleanup: { outcome: 'succeeded' } });
  });

  it('ends one at once whose runner cannot clean up after a cancel, and writes its cleanup down as lost', async () => {
    const { project, held, it } = await take('old');
    await held.report({ state: 'running' });
    await project.cancelJob(await it());
    expect(await it()).toMatchObject({ status: 'canceled', cleanup: { outcome: 'lost' } });
    const told = await held.put({ state: 'running' });
    expect([told.status, told.headers.get('job-status')]).toEqual([403, 'canceled']);
  });

  it('never gives a graceful job to a runner that cannot clean up', async () => {
    const project = new ServedProject(serving());
    await project.start('it: {script: "true", interruptible: graceful}\n');
    expect(await (await HandRunner.of(serving(), project, 'old')).poll()).toBeNull();
    expect((await (await HandRunner.of(serving(), project, 'gitlab')).take()).name).toBe('it');
  });
});
