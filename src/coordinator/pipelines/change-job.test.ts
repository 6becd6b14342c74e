import { afterEach, beforeEach, expect, it } from 'vitest';
import { findJob } from '../../store/index.ts';
import { checkRows } from '../testing/check-rows.ts';
import { makeProject } from '../testing/make-project.ts';
import { type OpenedParts, openParts } from '../testing/open-parts.ts';
import { FOREIGN_RUNNER } from '../testing/runners.ts';
import { jobsOf, startPipeline, statusesOf, statusOf } from '../testing/start-pipeline.ts';
import { askForJob, takeJob } from '../testing/take-job.ts';
import { cancelJob, playJob, retryJob } from './change-job.ts';
import { cancelPipeline, retryPipeline } from './change-pipeline.ts';

const ANN = { id: null, name: 'ann' };
let parts: OpenedParts;

beforeEach(async () => {
  parts = await openParts();
});
afterEach(async () => {
  await checkRows(parts);
  await parts.close();
});

async function start(file: string): Promise<number> {
  return await startPipeline(parts, await makeProject(parts, { files: { '.gitlab-ci.yml': file } }));
}

it('cancels a running job gracefully: its script stops, its cleanup runs, then it is canceled', async () => {
  const id = await start('a: {script: x, after_script: y}\n');
  const a = await takeJob(parts);
  await a.report({ type: 'script_started' });
  expect(await cancelJob(parts, a.jobId, { force: false, by: ANN })).toEqual({ kind: 'applied' });
  expect(await statusesOf(parts, id)).toEqual({ a: 'canceling' });
  await checkRows(parts);
  expect(await a.renew()).toBe(true);
  const cleanup = { outcome: 'succeeded', attempt: 1 } as const;
  const last = { result: 'failed', cause: 'canceled', failureReason: null, exitCode: null, cleanup } as const;
  expect(await a.report({ type: 'finished', ...last })).toMatchObject({ kind: 'applied', job: { status: 'canceled' } });
  expect(await statusOf(parts, id)).toBe('canceled');
  expect((await parts.store.read((db) => findJob(db, a.jobId)))?.state).toMatchObject({
    cleanup: { outcome: 'succeeded' },
    cancelRequest: { by: 'ann' },
  });
});

it('cuts a teardown short by force, and says who did and what was left to do', async () => {
  const id = await start('a: {script: x, after_script: y}\n');
  const a = await takeJob(parts, FOREIGN_RUNNER);
  await cancelPipeline(parts, id, { force: false, by: ANN });
  expect(await statusOf(parts, id)).toBe('canceling');
  await cancelPipeline(parts, id, { force: true, by: ANN });
  expect(await statusOf(parts, id)).toBe('canceled');
  expect(await a.renew()).toBe(false);
  expect((await parts.store.read((db) => findJob(db, a.jobId)))?.state.cleanup).toMatchObject({
    outcome: 'skipped',
    skippedBy: 'ann',
  });
});

it('plays a manual job that has ended anew, with the variables of this time from the first moment on', async () => {
  const [job] = await jobsOf(parts, await start('a: {script: x, when: manual, allow_failure: false}\n'));
  const { store } = parts;
  const jobId = job?.id ?? 0;
  const give = (value: string) => [{ key: 'A', value, kind: 'env_var' } as const];
  await playJob(parts, jobId, { by: ANN, variables: give('first') });
  await (await takeJob(parts)).finish();
  const { write } = store;
  // As if the server died as soon as the new job is there.
  store.write = (work) => {
    store.write = () => Promise.reject(new Error('gone'));
    return write(work);
  };
  await playJob(parts, jobId, { by: ANN, variables: give('second') });
  store.write = write;
  const { payload } = await takeJob(parts);
  expect(payload.variables.findLast(({ key }) => key === 'A')?.value).toBe('second');
});

it('plays a manual job with variables, which its retry is given too', async () => {
  const id = await start('a: {script: x, when: manual, allow_failure: false}\n');
  const [job] = await jobsOf(parts, id);
  const jobId = job?.id ?? 0;
  const variables = [{ key: 'PLACE', value: 'here', kind: 'env_var' }] as const;
  expect(await playJob(parts, jobId, { by: ANN, variables })).toEqual({ kind: 'applied', jobId });
  const a = await takeJob(parts);
  expect(a.payload.variables.findLast(({ key }) => key === 'PLACE')?.value).toBe('here');
  await a.finish(1);
  const retried = await retryJob(parts, jobId, ANN);
  expect(retried).toEqual({ kind: 'retried', jobId: jobId + 1 });
  expect(await retryJob(parts, jobId, ANN)).toEqual({ kind: 'refused', reason: 'wrong_status' });
  const again = await takeJob(parts);
  expect(again.jobId).toBe(jobId + 1);
  expect(again.payload.variables.findLast(({ key }) => key === 'PLACE')?.value).toBe('here');
  await again.finish();
  expect(await playJob(parts, jobId + 1, { by: ANN, variables: [] })).toEqual({ kind: 'applied', jobId: jobId + 2 });
});

it('runs a pipeline again from where it failed, and starts no job that had waited for a person', async () => {
  const id = await start(`
stages: [one, two]
good: {stage: one, script: x}
bad: {stage: one, script: x}
deploy: {stage: one, script: x, when: manual, allow_failure: false}
later: {stage: two, script: x}
`);
  await (await takeJob(parts)).finish();
  await (await takeJob(parts)).finish(1);
  await cancelPipeline(parts, id, { force: false, by: ANN });
  expect(await statusesOf(parts, id)).toEqual({
    good: 'success',
    bad: 'failed',
    deploy: 'canceled',
    later: 'canceled',
  });
  expect(await retryPipeline(parts, id, ANN)).toEqual({ kind: 'applied' });
  expect(await statusesOf(parts, id)).toEqual({ good: 'success', bad: 'pending', deploy: 'manual', later: 'created' });
  await (await takeJob(parts)).finish();
  expect(await askForJob(parts)).toBeNull();
});

it('knows no job that is not there', async () => {
  expect(await cancelJob(parts, 1, { force: false, by: ANN })).toEqual({ kind: 'unknown' });
  expect(await retryJob(parts, 1, ANN)).toEqual({ kind: 'unknown' });
  expect(await playJob(parts, 1, { by: ANN, variables: [] })).toEqual({ kind: 'unknown' });
});

it('takes no note of what changes nothing', async () => {
  const id = await start('a: {script: x}\n');
  const jobId = (await jobsOf(parts, id))[0]?.id ?? 0;
  let notes = 0;
  const note = async () => {
    notes += 1;
  };
  expect(await retryJob(parts, jobId, ANN, note)).toMatchObject({ kind: 'refused' });
  await retryPipeline(parts, id, ANN, note);
  expect(notes).toBe(0);
  await cancelJob(parts, jobId, { force: false, by: ANN, note });
  expect(notes).toBe(1);
  for (const force of [false, true]) {
    await cancelJob(parts, jobId, { force, by: ANN, note });
    await cancelPipeline(parts, id, { force, by: ANN, note });
  }
  expect(notes).toBe(1);
});

it('changes nothing where the note of it cannot be written', async () => {
  const id = await start('a: {script: x}\n');
  const jobId = (await jobsOf(parts, id))[0]?.id ?? 0;
  const note = async () => await Promise.reject(new Error('no room for a note'));
  await expect(cancelJob(parts, jobId, { force: false, by: ANN, note })).rejects.toThrow('no room');
  await expect(cancelPipeline(parts, id, { force: true, by: ANN, note })).rejects.toThrow('no room');
  expect(await statusesOf(parts, id)).toEqual({ a: 'pending' });
  await (await takeJob(parts)).finish(1);
  await expect(retryJob(parts, jobId, ANN, note)).rejects.toThrow('no room');
  await expect(retryPipeline(parts, id, ANN, note)).rejects.toThrow('no room');
  expect(await jobsOf(parts, id)).toHaveLength(1);
});
