import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeOnEachEngine } from '../../../../test/support/engines.ts';
import { listChildPipelines } from '../../../store/index.ts';
import { cancelJob, cancelPipeline, playJob, retryJob, retryPipeline } from '../../pipelines/index.ts';
import { checkRows } from '../../testing/check-rows.ts';
import { makeProject } from '../../testing/make-project.ts';
import { type OpenedParts, openParts } from '../../testing/open-parts.ts';
import { settleOutbox } from '../../testing/settle.ts';
import { jobsOf, startPipeline, statusesOf, statusOf } from '../../testing/start-pipeline.ts';
import { takeJob } from '../../testing/take-job.ts';

const ANN = { id: null, name: 'ann' };
const DEPEND = (child: string, strategy = 'depend') => `{trigger: {include: ${child}, strategy: ${strategy}}}`;
const AFTER = (strategy = 'depend') => `
stages: [one, two]
down: {stage: one, trigger: {include: middle.yml, strategy: ${strategy}}}
after: {stage: two, script: x}
`;

describeOnEachEngine((engine) => {
  let parts: OpenedParts;
  /** Ids from the top: a pipeline, its child, the child of that. */
  let line: readonly number[];

  beforeEach(async () => {
    parts = await openParts(engine);
  });
  afterEach(async () => {
    await checkRows(parts);
    expect(parts.complaints).toEqual([]);
    await parts.close();
  });

  async function start(files: Readonly<Record<string, string>>): Promise<void> {
    const top = await startPipeline(parts, await makeProject(parts, { files }));
    await settleOutbox(parts);
    const ids = [top];
    for (let id: number | undefined = top; id !== undefined; ) {
      const [child] = await parts.store.read((db) => listChildPipelines(db, id ?? 0));
      id = child?.id;
      if (id !== undefined) ids.push(id);
    }
    line = ids;
  }

  const startThree = () =>
    start({
      '.gitlab-ci.yml': AFTER(),
      'middle.yml': `down: ${DEPEND('last.yml')}\n`,
      'last.yml': 'work: {script: x, after_script: y}\n',
    });

  async function statuses(): Promise<readonly (string | null)[]> {
    await settleOutbox(parts);
    return await Promise.all(line.map((id) => statusOf(parts, id)));
  }

  async function idOf(pipeline: number | undefined, name: string): Promise<number> {
    const job = (await jobsOf(parts, pipeline ?? 0)).find((one) => one.name === name && !one.isRetried);
    if (job === undefined) throw new Error(`no job ${name}`);
    return job.id;
  }

  it('lets every trigger job above run again when a job of a child is retried, as the same job', async () => {
    await startThree();
    await (await takeJob(parts)).finish(1);
    expect(await statuses()).toEqual(['failed', 'failed', 'failed']);
    expect(await statusesOf(parts, line[0] ?? 0)).toEqual({ down: 'failed', after: 'skipped' });
    const trigger = await idOf(line[0], 'down');

    await retryJob(parts, await idOf(line[2], 'work'), ANN);
    expect(await statuses()).toEqual(['running', 'running', 'pending']);
    expect(await statusesOf(parts, line[0] ?? 0)).toEqual({ down: 'running', after: 'created' });
    expect(await idOf(line[0], 'down')).toBe(trigger);

    await (await takeJob(parts)).finish();
    expect(await statuses()).toEqual(['running', 'success', 'success']);
    expect(await statusesOf(parts, line[0] ?? 0)).toEqual({ down: 'success', after: 'pending' });
  });

  it('does so after a cancel from above, and when a whole child is retried', async () => {
    await startThree();
    await cancelPipeline(parts, line[0] ?? 0, { force: false, by: ANN });
    expect(await statuses()).toEqual(['canceled', 'canceled', 'canceled']);
    await retryPipeline(parts, line[2] ?? 0, ANN);
    expect(await statuses()).toEqual(['running', 'running', 'pending']);
    await (await takeJob(parts)).finish();
    expect((await statuses()).slice(1)).toEqual(['success', 'success']);
  });

  it('hears of a job that was retried and over before it was told', async () => {
    await startThree();
    await (await takeJob(parts)).finish(1);
    expect(await statuses()).toEqual(['failed', 'failed', 'failed']);
    await retryJob(parts, await idOf(line[2], 'work'), ANN);
    await (await takeJob(parts)).finish();
    expect(await statuses()).toEqual(['running', 'success', 'success']);
  });

  it('plays a job of a child that was over, and follows', async () => {
    const last = 'work: {script: x, when: manual, allow_failure: true}\n';
    await start({ '.gitlab-ci.yml': AFTER(), 'middle.yml': last });
    expect(await statuses()).toEqual(['failed', 'skipped']);
    await playJob(parts, await idOf(line[1], 'work'), { by: ANN, variables: [] });
    expect(await statuses()).toEqual(['running', 'pending']);
  });

  it('leaves a trigger job alone that follows nothing, or whose place another one took', async () => {
    await start({
      '.gitlab-ci.yml': 'down: {trigger: {include: middle.yml}}\n',
      'middle.yml': 'work: {script: x}\n',
    });
    await (await takeJob(parts)).finish(1);
    await retryJob(parts, await idOf(line[1], 'work'), ANN);
    expect(await statuses()).toEqual(['success', 'pending']);
  });

  it('makes another child when the trigger job itself is retried, and hears no more of the first', async () => {
    await startThree();
    await (await takeJob(parts)).finish(1);
    await statuses();
    const first = line;
    await retryJob(parts, await idOf(line[1], 'down'), ANN);
    await settleOutbox(parts);
    const children = await parts.store.read((db) => listChildPipelines(db, first[1] ?? 0));
    const fresh = children.map(({ id }) => id).find((id) => id !== first[2]) ?? 0;
    expect(children).toHaveLength(2);
    expect(await statuses()).toEqual(['running', 'running', 'failed']);
    await retryJob(parts, await idOf(first[2], 'work'), ANN);
    await (await takeJob(parts)).finish(1);
    await (await takeJob(parts)).finish();
    expect(await statuses()).toEqual(['failed', 'failed', 'success']);
    expect(await statusOf(parts, fresh)).toBe('failed');
  });

  it('cancels children of children, whose jobs tear down; by force at once', async () => {
    await startThree();
    const work = await takeJob(parts);
    await work.report({ type: 'script_started' });
    await cancelPipeline(parts, line[0] ?? 0, { force: false, by: ANN });
    expect(await statuses()).toEqual(['canceled', 'canceled', 'canceling']);
    await cancelPipeline(parts, line[0] ?? 0, { force: true, by: ANN });
    expect(await statuses()).toEqual(['canceled', 'canceled', 'canceled']);
    const [job] = await jobsOf(parts, line[2] ?? 0);
    expect(job?.state).toMatchObject({
      forceRequest: { by: 'ann' },
      cleanup: { outcome: 'skipped', skippedBy: 'ann' },
    });
  });

  it('cancels them by the trigger job alone, and by force from there', async () => {
    await startThree();
    const work = await takeJob(parts);
    await work.report({ type: 'script_started' });
    await cancelJob(parts, await idOf(line[0], 'down'), { force: true, by: ANN });
    expect((await statuses()).slice(1)).toEqual(['canceled', 'canceled']);
    const [job] = await jobsOf(parts, line[2] ?? 0);
    expect(job?.state.cleanup).toMatchObject({ outcome: 'skipped', skippedBy: 'ann' });
  });

  it('gives a trigger job that mirrors a skipped child another turn without another child', async () => {
    await start({
      '.gitlab-ci.yml': `stages: [zero, one]\nfirst: {stage: zero, script: x}\ndown: {stage: one, trigger: {include: middle.yml, strategy: mirror}}\n`,
      'middle.yml': 'work: {script: x, when: manual, allow_failure: true}\n',
    });
    await (await takeJob(parts)).finish();
    await settleOutbox(parts);
    const [top = 0] = line;
    expect(await statusesOf(parts, top)).toEqual({ first: 'success', down: 'skipped' });
    await retryJob(parts, await idOf(top, 'first'), ANN);
    await (await takeJob(parts)).finish();
    await settleOutbox(parts);
    expect(await statusesOf(parts, top)).toEqual({ first: 'success', down: 'skipped' });
    expect(await parts.store.read((db) => listChildPipelines(db, top))).toHaveLength(1);
  });
});
