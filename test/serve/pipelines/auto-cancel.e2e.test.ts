import { expect, it } from 'vitest';
import { describeServing } from '../support/describe-serving.ts';
import { beginJobs, type HeldJob } from '../support/hand-runner.ts';
import { ServedProject, type ShownPipeline } from '../support/served-project.ts';

const JOBS = `
hard: {script: x, tags: [hard]}
soft: {script: x, tags: [soft], interruptible: true}
graceful: {script: x, tags: [graceful], interruptible: graceful, after_script: [y]}
`;
const mode = (word: string): string => `workflow: {auto_cancel: {on_new_commit: ${word}}}\n${JOBS}`;

interface Superseded {
  readonly project: ServedProject;
  readonly older: ShownPipeline;
  readonly newer: ShownPipeline;
  readonly held: (name: string) => HeldJob;
}

/** Runners that a test plays: which jobs have begun when the next push comes is what counts. */
describeServing(['--no-runner'], (serving) => {
  /** Two pushes to `main`; of the first one's pipeline, the jobs of these names have begun their scripts by then. */
  async function pushTwice(ci: string, begun: readonly string[]): Promise<Superseded> {
    const project = new ServedProject(serving());
    const older = await project.start(ci);
    const held = await beginJobs(serving(), project, ...begun);
    const newer = await project.start(ci, { files: { change: 'more' } });
    return { project, older, newer, held };
  }

  it('supersedes an older pipeline of the branch before it has begun what may not be interrupted, and never the newer one', async () => {
    const { project, older, newer } = await pushTwice(JOBS, []);
    await project.untilPipeline(older, 'canceled');
    expect(await project.statuses(older)).toEqual({ hard: 'canceled', soft: 'canceled', graceful: 'canceled' });
    expect(await project.statuses(newer)).toEqual({ hard: 'pending', soft: 'pending', graceful: 'pending' });
  });

  it('has a graceful job that runs clean up first, as superseded, by the newer pipeline', async () => {
    const { project, older, newer, held } = await pushTwice(JOBS, ['graceful']);
    const job = await project.untilJob(older, 'graceful', 'canceling');
    expect(job).toMatchObject({ phase: 'teardown', teardown: { cause: 'superseded' }, cleanup: { outcome: null } });
    expect(job.teardown?.requested_by).toBe(`pipeline ${newer.id}`);
    expect((await project.pipeline(older)).status).toBe('canceling');
    const told = await held('graceful').trace('cleaning\n');
    expect([told.status, told.headers.get('job-status')]).toEqual([202, 'canceling']);
    expect(told.headers.get('epilogue-stop')).toContain('cause=superseded');
    expect(await held('graceful').finish('failed', 'superseded')).toBe('canceled');
    await project.untilPipeline(older, 'canceled');
    expect(await project.job(older, 'graceful')).toMatchObject({ cleanup: { outcome: 'succeeded' } });
  });

  it('leaves an older pipeline alone once something of it runs that may not be interrupted', async () => {
    const { project, older } = await pushTwice(JOBS, ['hard', 'soft']);
    await untilDecided(project);
    expect(await project.statuses(older)).toEqual({ hard: 'running', soft: 'running', graceful: 'pending' });
  });

  it('cancels only what may be interrupted, whatever runs, where the older file says so', async () => {
    const { project, older } = await pushTwice(mode('interruptible'), ['hard', 'soft']);
    await project.untilJob(older, 'soft', 'canceling');
    await project.untilJob(older, 'graceful', 'canceled');
    expect((await project.job(older, 'hard')).status).toBe('running');
  });

  it('leaves it alone where the older file says so', async () => {
    const { project, older } = await pushTwice(mode('none'), []);
    await untilDecided(project);
    expect(await project.statuses(older)).toEqual({ hard: 'pending', soft: 'pending', graceful: 'pending' });
  });

  it('supersedes the child of an older pipeline too, which cleans up before the older one is over', async () => {
    const project = new ServedProject(serving());
    const files = {
      'child.yml': 'graceful: {script: x, tags: [graceful], interruptible: graceful, after_script: [y]}\n',
    };
    const ci = 'child: {trigger: {include: child.yml, strategy: depend}}\n';
    const older = await project.start(ci, { files });
    const held = (await beginJobs(serving(), project, 'graceful'))('graceful');
    const child = { id: Number(held.variable('CI_PIPELINE_ID')) };
    const newer = await project.start(ci, { files: { change: 'more' } });
    const job = await project.untilJob(child, 'graceful', 'canceling');
    expect(job).toMatchObject({ phase: 'teardown', cleanup: { outcome: null } });
    expect(await held.finish('failed', 'canceled')).toBe('canceled');
    await project.untilPipeline(child, 'canceled');
    await project.untilPipeline(older, 'canceled');
    await project.untilJob(newer, 'child', 'running');
  });

  it('leaves pipelines of other branches alone', async () => {
    const project = new ServedProject(serving());
    const other = await project.start(JOBS, { branch: 'other' });
    const older = await project.start(JOBS, { files: { change: '1' } });
    await project.start(JOBS, { files: { change: '2' } });
    await project.untilPipeline(older, 'canceled');
    expect((await project.pipeline(other)).status).toBe('pending');
  });

  it('cancels the rest of a pipeline when a job of it fails, gracefully, where its file says so', async () => {
    const project = new ServedProject(serving());
    const pipeline = await project.start(
      `workflow: {auto_cancel: {on_job_failure: all}}
bad: {script: x, tags: [bad]}
slow: {script: x, tags: [slow], after_script: [y]}
late: {script: x}
`,
    );
    const held = await beginJobs(serving(), project, 'bad', 'slow');
    await held('bad').finish('failed', 'failed');
    expect(await project.statuses(pipeline)).toEqual({ bad: 'failed', slow: 'canceling', late: 'canceled' });
    expect(await held('slow').finish('failed', 'canceled')).toBe('canceled');
    await project.untilPipeline(pipeline, 'failed');
    expect((await project.job(pipeline, 'slow')).cleanup?.outcome).toBe('succeeded');
  });

  /** Until what came later than those pushes has been decided. */
  async function untilDecided(project: ServedProject): Promise<void> {
    const older = await project.start(`workflow: {auto_cancel: {on_new_commit: interruptible}}\n${JOBS}`, {
      branch: 'probe',
      files: { change: 'probe' },
    });
    await project.start(JOBS, { branch: 'probe', files: { change: 'probe again' } });
    await project.untilJob(older, 'soft', 'canceled');
  }
});
