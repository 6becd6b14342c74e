import { afterEach, beforeEach, expect, it } from 'vitest';
import { findPipelineVariables, listChildPipelines } from '../../../store/index.ts';
import { cancelPipeline } from '../../pipelines/index.ts';
import { checkRows } from '../../testing/check-rows.ts';
import { makeProject } from '../../testing/make-project.ts';
import { type OpenedParts, openParts } from '../../testing/open-parts.ts';
import { putVariable } from '../../testing/put-variable.ts';
import { settleOutbox } from '../../testing/settle.ts';
import { jobsOf, startPipeline, statusesOf, statusOf } from '../../testing/start-pipeline.ts';
import { takeJob } from '../../testing/take-job.ts';

const ANN = { id: null, name: 'ann' };
let parts: OpenedParts;

beforeEach(async () => {
  parts = await openParts();
});
afterEach(async () => {
  await checkRows(parts);
  expect(parts.complaints).toEqual([]);
  await parts.close();
});

const PARENT = (strategy: string) => `
stages: [one, two]
start: {stage: one, variables: {WHO: "$CI_COMMIT_REF_NAME $KEY"}, trigger: {include: child.yml${strategy}}}
after: {stage: two, script: x}
`;
const CHILD = 'inner: {script: x, after_script: y}\n';

async function start(strategy: string, files: Readonly<Record<string, string>> = { 'child.yml': CHILD }) {
  const project = await makeProject(parts, { files: { '.gitlab-ci.yml': PARENT(strategy), ...files } });
  await putVariable(parts, project.id, { key: 'KEY', value: 'top-secret', isMasked: true });
  const parent = await startPipeline(parts, project);
  await settleOutbox(parts);
  const [child] = await parts.store.read((db) => listChildPipelines(db, parent));
  return { parent, child: child?.id ?? 0 };
}

it('makes the child once, at the commit of its parent, with the variables that the job hands on', async () => {
  const { parent, child } = await start('');
  expect(await statusesOf(parts, parent)).toEqual({ start: 'success', after: 'pending' });
  expect(await statusesOf(parts, child)).toEqual({ inner: 'pending' });
  expect(await parts.store.read((db) => findPipelineVariables(db, child))).toMatchObject([
    { key: 'WHO', value: 'main top-secret', masked: true },
  ]);
  await settleOutbox(parts);
  expect(await parts.store.read((db) => listChildPipelines(db, parent))).toMatchObject([
    { id: child, source: 'parent_pipeline', ref: 'main' },
  ]);
});

it('lets a job that depends on its child end as that does', async () => {
  const { parent, child } = await start(', strategy: depend');
  expect(await statusesOf(parts, parent)).toEqual({ start: 'running', after: 'created' });
  const inner = await takeJob(parts);
  expect(inner.pipelineId).toBe(child);
  await inner.finish(1);
  await settleOutbox(parts);
  expect(await statusOf(parts, child)).toBe('failed');
  expect(await statusesOf(parts, parent)).toEqual({ start: 'failed', after: 'skipped' });
  expect(await statusOf(parts, parent)).toBe('failed');
});

it('cancels the child with its parent, gracefully, whether it is followed or not', async () => {
  for (const strategy of ['', ', strategy: depend']) {
    await parts.close();
    parts = await openParts();
    const { parent, child } = await start(strategy);
    const inner = strategy === '' ? await takeJobOf(child) : await takeJob(parts);
    await inner.report({ type: 'script_started' });
    await cancelPipeline(parts, parent, { force: false, by: ANN });
    await settleOutbox(parts);
    expect(await statusesOf(parts, child)).toEqual({ inner: 'canceling' });
    await cancelPipeline(parts, parent, { force: true, by: ANN });
    await settleOutbox(parts);
    expect([await statusOf(parts, parent), await statusOf(parts, child)]).toEqual(['canceled', 'canceled']);
  }
});

async function takeJobOf(pipeline: number) {
  for (let tries = 0; tries < 5; tries += 1) {
    const job = await takeJob(parts);
    if (job.pipelineId === pipeline) return job;
  }
  throw new Error(`no job of pipeline ${pipeline}`);
}

it('fails the job whose child cannot be made, also because there would be too many below each other', async () => {
  const { parent } = await start('', { 'child.yml': 'inner: {stage: nowhere, script: x}\n' });
  const [job] = await jobsOf(parts, parent);
  expect(job?.state).toMatchObject({ status: 'failed', failureReason: 'downstream_pipeline_creation_failed' });
  await parts.close();

  parts = await openParts();
  const again = await start('', { 'child.yml': 'down: {trigger: {include: child.yml}}\n' });
  const [below] = await parts.store.read((db) => listChildPipelines(db, again.child));
  const [last] = await jobsOf(parts, below?.id ?? 0);
  expect(last?.state).toMatchObject({ status: 'failed', failureReason: 'reached_max_descendant_pipelines_depth' });
});

it('cancels a child that was made while its parent was cancelled', async () => {
  const files = { '.gitlab-ci.yml': PARENT(', strategy: depend'), 'child.yml': CHILD };
  const parent = await startPipeline(parts, await makeProject(parts, { files }));
  await cancelPipeline(parts, parent, { force: false, by: ANN });
  await settleOutbox(parts);
  expect(await statusOf(parts, parent)).toBe('canceled');
  expect(await parts.store.read((db) => listChildPipelines(db, parent))).toEqual([]);
});

it('hands the inputs of a trigger on to the file of the child, and to each of several', async () => {
  const file = `
stages: [a, b]
one: {stage: a, trigger: {include: [{local: child.yml, inputs: {name: x}}]}}
two: {stage: a, trigger: {include: [{local: child.yml, inputs: {name: y}}, {local: child.yml, inputs: {name: z}}]}}
bad: {stage: a, trigger: {include: child.yml, inputs: {nmae: x}}}
`;
  const child = 'spec: {inputs: {name: }}\n---\n"job $[[ inputs.name ]]": {script: x}\n';
  const project = await makeProject(parts, { files: { '.gitlab-ci.yml': file, 'child.yml': child } });
  const parent = await startPipeline(parts, project);
  await settleOutbox(parts);
  const children = await parts.store.read((db) => listChildPipelines(db, parent));
  const jobs = await Promise.all(children.map(async ({ id }) => Object.keys(await statusesOf(parts, id))));
  expect(jobs.toSorted((a, b) => a.length - b.length)).toEqual([['job x'], ['job y', 'job z']]);
  expect((await jobsOf(parts, parent)).find(({ name }) => name === 'bad')?.state).toMatchObject({
    status: 'failed',
    failureReason: 'downstream_pipeline_creation_failed',
  });
});
