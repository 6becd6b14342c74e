import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ProcessMode } from '../../../lifecycle/index.ts';
import { lockResourceGroup, setResourceMode } from '../../../store/index.ts';
import { cancelPipeline } from '../../pipelines/index.ts';
import { checkRows } from '../../testing/check-rows.ts';
import { makeProject, type TestProject } from '../../testing/make-project.ts';
import { type OpenedParts, openParts } from '../../testing/open-parts.ts';
import { settleOutbox } from '../../testing/settle.ts';
import { startPipeline, statusesOf } from '../../testing/start-pipeline.ts';
import { askForJob, takeJob } from '../../testing/take-job.ts';

const ANN = { id: null, name: 'ann' };
let parts: OpenedParts;
let project: TestProject;

beforeEach(async () => {
  parts = await openParts();
});
afterEach(async () => {
  await checkRows(parts);
  expect(parts.complaints).toEqual([]);
  await parts.close();
});

async function prepare(file: string, mode: ProcessMode = 'unordered'): Promise<void> {
  project = await makeProject(parts, { files: { '.gitlab-ci.yml': file }, settings: NO_AUTO_CANCEL });
  await parts.store.write(async (tx) => {
    const { id } = await lockResourceGroup(tx, project.id, 'production');
    await setResourceMode(tx, id, mode);
  });
}

const NO_AUTO_CANCEL = { auto_cancel_pending_pipelines: 'disabled' };
const DEPLOY = 'deploy: {script: x, after_script: y, resource_group: production}\n';
const TWO_STAGES = `stages: [one, two]\nbuild: {stage: one, script: x}\n${DEPLOY.replace('{', '{stage: two, ')}`;

async function start(): Promise<number> {
  parts.clock.pass(1);
  const id = await startPipeline(parts, project);
  await settleOutbox(parts);
  return id;
}

it('lets one job at a time have its group, across pipelines, in the order they came', async () => {
  await prepare(DEPLOY);
  const [first, second, third] = [await start(), await start(), await start()];
  expect(await statusesOf(parts, second)).toEqual({ deploy: 'waiting_for_resource' });
  for (const id of [first, second, third]) {
    const job = await takeJob(parts);
    expect(job.pipelineId).toBe(id);
    expect(await askForJob(parts)).toBeNull();
    await job.finish();
    await settleOutbox(parts);
  }
});

it('keeps the group while its holder is torn down, and passes it on after that', async () => {
  await prepare(DEPLOY);
  const [first, second] = [await start(), await start()];
  const holder = await takeJob(parts);
  await holder.report({ type: 'script_started' });
  await cancelPipeline(parts, first, { force: false, by: ANN });
  await settleOutbox(parts);
  expect(await statusesOf(parts, second)).toEqual({ deploy: 'waiting_for_resource' });
  await cancelPipeline(parts, first, { force: true, by: ANN });
  await settleOutbox(parts);
  expect(await statusesOf(parts, second)).toEqual({ deploy: 'pending' });
});

it('passes over a job that was cancelled while it waited, or just before it was granted', async () => {
  await prepare(DEPLOY);
  const [, second, third] = [await start(), await start(), await start()];
  await cancelPipeline(parts, second, { force: false, by: ANN });
  await (await takeJob(parts)).finish();
  await settleOutbox(parts);
  expect((await takeJob(parts)).pipelineId).toBe(third);
});

it('lets the oldest pipeline go first in `oldest_first`, also while its job cannot start yet', async () => {
  await prepare(TWO_STAGES, 'oldest_first');
  const [first, second] = [await start(), await start()];
  const [one, two] = [await takeJob(parts), await takeJob(parts)];
  await two.finish();
  await settleOutbox(parts);
  expect(await statusesOf(parts, second)).toMatchObject({ deploy: 'waiting_for_resource' });
  await one.finish();
  await settleOutbox(parts);
  expect(await statusesOf(parts, first)).toMatchObject({ deploy: 'pending' });
  await (await takeJob(parts)).finish();
  await settleOutbox(parts);
  expect(await statusesOf(parts, second)).toMatchObject({ deploy: 'pending' });
});

it('goes on in `oldest_first` when the job that was waited for never comes', async () => {
  await prepare(TWO_STAGES, 'oldest_first');
  const [, second] = [await start(), await start()];
  const [one, two] = [await takeJob(parts), await takeJob(parts)];
  await two.finish();
  await settleOutbox(parts);
  await one.finish(1);
  await settleOutbox(parts);
  expect(await statusesOf(parts, second)).toMatchObject({ deploy: 'pending' });
});

it('lets the newest pipeline go first in `newest_first`, and the newest that can in `newest_ready_first`', async () => {
  await prepare(TWO_STAGES, 'newest_first');
  const [first, second] = [await start(), await start()];
  const [one, two] = [await takeJob(parts), await takeJob(parts)];
  await one.finish();
  await settleOutbox(parts);
  expect(await statusesOf(parts, first)).toMatchObject({ deploy: 'waiting_for_resource' });
  await two.finish();
  await settleOutbox(parts);
  expect(await statusesOf(parts, second)).toMatchObject({ deploy: 'pending' });
  await parts.close();

  parts = await openParts();
  await prepare(DEPLOY, 'newest_ready_first');
  const [, , third] = [await start(), await start(), await start()];
  await (await takeJob(parts)).finish();
  await settleOutbox(parts);
  expect((await takeJob(parts)).pipelineId).toBe(third);
});
