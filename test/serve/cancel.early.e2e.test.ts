import { expect, it } from 'vitest';
import type { Status } from '../../src/protocol/index.ts';
import { describeServing } from './support/describe-serving.ts';
import { HandRunner, type HeldJob } from './support/hand-runner.ts';
import { ServedProject, type ShownPipeline } from './support/served-project.ts';

const JOB = 'script: "true", after_script: ["true"], interruptible: graceful';
/** A file whose job `it` comes to this status by itself, and stays there. */
const WAITING: Readonly<Partial<Record<Status, string>>> = {
  created: `stages: [one, two]\nbefore: {script: x, stage: one}\nit: {${JOB}, stage: two}\n`,
  pending: `it: {${JOB}}\n`,
  waiting_for_resource: `holder: {script: x, resource_group: r}\nit: {${JOB}, resource_group: r, needs: [], stage: deploy}\n`,
  manual: `it: {${JOB}, when: manual}\n`,
  scheduled: `it: {${JOB}, when: delayed, start_in: 1 hour}\n`,
};

/** No runner but those that a test plays. */
describeServing(['--no-runner'], (serving) => {
  const statuses = Object.keys(WAITING) as readonly Status[];
  const cases = statuses.flatMap((status) => [
    { status, what: 'job' },
    { status, what: 'pipeline' },
  ]);

  it.each(cases)(
    'ends one that is $status at once when its $what is cancelled: nothing is owed',
    async ({ status, what }) => {
      const project = new ServedProject(serving());
      const pipeline = await project.start(WAITING[status] ?? '');
      const job = await project.untilJob(pipeline, 'it', status);
      if (what === 'job') await project.cancelJob(job);
      else await project.cancelPipeline(pipeline);
      await expectNothingOwed(project, pipeline);
      if (what === 'pipeline') await project.untilPipeline(pipeline, 'canceled');
      const again = await project.cancelJob(job);
      expect(again).toMatchObject({ status: 'canceled', cleanup: { outcome: 'not_owed' } });
      expect(await takeAll(await HandRunner.of(serving(), project))).not.toContain('it');
    },
  );

  it.each(['job', 'pipeline'] as const)(
    'ends one at once whose runner has not begun its script when its %s is cancelled, and the runner is told to drop it',
    async (what) => {
      const project = new ServedProject(serving());
      const pipeline = await project.start(WAITING.pending ?? '');
      const held = await (await HandRunner.of(serving(), project)).take();
      await held.report({ state: 'running' });
      const job = await project.job(pipeline, 'it');
      expect(job).toMatchObject({ status: 'running', phase: 'preparing', cleanup: null });
      if (what === 'job') await project.cancelJob(job);
      else await project.cancelPipeline(pipeline);
      await expectNothingOwed(project, pipeline);
      for (const answer of [await held.trace('late\n'), await held.put({ state: 'running', phase: 'script' })]) {
        expect([answer.status, answer.headers.get('job-status')]).toEqual([403, 'canceled']);
      }
      expect(await project.trace(job)).not.toContain('late');
    },
  );

  it.each(['success', 'failed'] as const)('leaves one alone that ended as %s, also when it is forced', async (end) => {
    const project = new ServedProject(serving());
    const pipeline = await project.start(WAITING.pending ?? '');
    const held = await (await HandRunner.of(serving(), project)).take();
    await held.beginScript();
    await held.finish(end, end === 'success' ? 'succeeded' : 'failed');
    const job = await project.untilJob(pipeline, 'it', end);
    await project.cancelJob(job);
    await project.cancelJob(job, '?force=true');
    await project.cancelPipeline(pipeline);
    expect(await project.job(pipeline, 'it')).toEqual(job);
    expect(job.cleanup?.outcome).toBe('succeeded');
    expect((await project.pipeline(pipeline)).status).toBe(end);
  });

  it('ends one that waits at once when it is forced', async () => {
    const project = new ServedProject(serving());
    const pipeline = await project.start(WAITING.pending ?? '');
    await project.cancelJob(await project.job(pipeline, 'it'), '?force=true');
    await expectNothingOwed(project, pipeline);
  });
});

async function expectNothingOwed(project: ServedProject, pipeline: ShownPipeline): Promise<void> {
  const job = await project.job(pipeline, 'it');
  expect(job).toMatchObject({ status: 'canceled', phase: null, cleanup: { outcome: 'not_owed' } });
  expect(job.failure_reason).toBeUndefined();
  expect((await project.ask('/obligations')).json).toEqual([]);
}

/** Names of all that a runner is given now. */
async function takeAll(runner: HandRunner): Promise<readonly string[]> {
  const names: string[] = [];
  for (let held: HeldJob | null = await runner.poll(); held !== null; held = await runner.poll()) names.push(held.name);
  return names;
}
