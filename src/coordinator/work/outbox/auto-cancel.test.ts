import { afterEach, beforeEach, expect, it } from 'vitest';
import { listStuckEffects } from '../../../store/index.ts';
import { checkRows } from '../../testing/check-rows.ts';
import { commitFiles } from '../../testing/commit-files.ts';
import { makeProject } from '../../testing/make-project.ts';
import { type OpenedParts, openParts } from '../../testing/open-parts.ts';
import { settleOutbox } from '../../testing/settle.ts';
import { jobsOf, startPipeline, statusesOf } from '../../testing/start-pipeline.ts';
import { takeJob } from '../../testing/take-job.ts';
import { OWN_HANDLERS } from './handlers.ts';
import { workOffOne } from './work-off.ts';

let parts: OpenedParts;

beforeEach(async () => {
  parts = await openParts();
});
afterEach(async () => {
  await checkRows(parts);
  expect(parts.complaints).toEqual([]);
  await parts.close();
});

const JOBS = 'soft: {script: x, interruptible: true}\nhard: {script: x}\n';

/** An older pipeline of which `running` jobs run, and then a newer one. Returns how the jobs of the older one stand. */
async function superseded(
  file: string,
  {
    running = 0,
    settings = {},
  }: { readonly running?: number; readonly settings?: Readonly<Record<string, unknown>> } = {},
): Promise<Readonly<Record<string, string>>> {
  const project = await makeProject(parts, { files: { '.gitlab-ci.yml': file }, settings });
  const older = await startPipeline(parts, project);
  for (let taken = 0; taken < running; taken += 1) await (await takeJob(parts)).report({ type: 'script_started' });
  parts.clock.pass(1_000);
  const sha = commitFiles(parts, project.id, { files: { new: 'new\n' } });
  await startPipeline(parts, { ...project, sha });
  await settleOutbox(parts);
  const [first] = await jobsOf(parts, older);
  if (first?.state.cancelRequest !== null) {
    expect(first?.state.cancelRequest).toMatchObject({ by: `pipeline ${older + 1}`, cause: 'superseded' });
  }
  return await statusesOf(parts, older);
}

it('cancels an older pipeline of the ref in which no job that may not be interrupted has started', async () => {
  expect(await superseded(JOBS)).toEqual({ soft: 'canceled', hard: 'canceled' });
});

it('tears an interruptible job down, and leaves the pipeline alone once another one runs', async () => {
  expect(await superseded(JOBS, { running: 1 })).toEqual({ soft: 'canceling', hard: 'canceled' });
  await parts.close();
  parts = await openParts();
  expect(await superseded(JOBS, { running: 2 })).toEqual({ soft: 'running', hard: 'running' });
});

it('heeds what the older pipeline says of new commits', async () => {
  const workflow = (mode: string) => `workflow: {auto_cancel: {on_new_commit: ${mode}}}\n${JOBS}`;
  expect(await superseded(workflow('interruptible'), { running: 2 })).toEqual({ soft: 'canceling', hard: 'running' });
  await parts.close();
  parts = await openParts();
  expect(await superseded(workflow('none'))).toEqual({ soft: 'pending', hard: 'pending' });
});

it('asks nothing of older pipelines of the same commit', async () => {
  const project = await makeProject(parts, { files: { '.gitlab-ci.yml': JOBS } });
  for (let count = 0; count < 3; count += 1) {
    await startPipeline(parts, project);
    parts.clock.pass(1_000);
  }
  const rows = () => parts.store.read((db) => listStuckEffects(db, 0, 10));
  expect((await rows()).map(({ kind }) => kind)).toEqual(['auto_cancel', 'auto_cancel', 'auto_cancel']);
  for (let count = 0; count < 3; count += 1) await workOffOne(parts, OWN_HANDLERS);
  expect(await rows()).toEqual([]);
});

it('does nothing where the project does not want it', async () => {
  const settings = { auto_cancel_pending_pipelines: 'disabled' };
  expect(await superseded(JOBS, { settings })).toEqual({ soft: 'pending', hard: 'pending' });
});

it('cancels the pipeline of a job that failed where its file says so', async () => {
  const file = 'workflow: {auto_cancel: {on_job_failure: all}}\nbad: {script: x}\nslow: {script: x}\n';
  const id = await startPipeline(parts, await makeProject(parts, { files: { '.gitlab-ci.yml': file } }));
  const [bad, slow] = [await takeJob(parts), await takeJob(parts)];
  await slow.report({ type: 'script_started' });
  await bad.finish(1);
  expect(await statusesOf(parts, id)).toEqual({ bad: 'failed', slow: 'canceling' });
});
