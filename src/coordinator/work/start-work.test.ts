import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { realClock } from '../../base/index.ts';
import { insertRunner } from '../../store/index.ts';
import { checkRows } from '../testing/check-rows.ts';
import { makeProject, type TestProject } from '../testing/make-project.ts';
import { type OpenedParts, openParts } from '../testing/open-parts.ts';
import { OUR_RUNNER } from '../testing/runners.ts';
import { settleOutbox } from '../testing/settle.ts';
import { jobsOf, startPipeline, statusesOf, statusOf } from '../testing/start-pipeline.ts';
import { askForJob, takeJob } from '../testing/take-job.ts';
import { startWork } from './start-work.ts';
import { workOffWakes } from './sweeps/due-wakes.ts';
import { workOffLapsedLeases, workOffSilentAttempts } from './sweeps/lost-attempts.ts';
import { dropStuckJobs } from './sweeps/stuck-jobs.ts';
import { dropUnfitJobs } from './sweeps/unfit-jobs.ts';

const NEVER = new AbortController().signal;
let parts: OpenedParts;

beforeEach(async () => {
  parts = await openParts();
});
afterEach(async () => {
  expect(parts.complaints).toEqual([]);
  await parts.close();
});

async function projectOf(file: string, more: Readonly<Record<string, string>> = {}): Promise<TestProject> {
  return await makeProject(parts, { files: { '.gitlab-ci.yml': file, ...more } });
}

describe('the outbox', () => {
  it('makes a child pipeline, once, and tells its parent how it ends', async () => {
    const project = await projectOf('start: {trigger: {include: child.yml, strategy: depend}}\n', {
      'child.yml': 'inner: {script: x}\n',
    });
    const parent = await startPipeline(parts, project);
    await settleOutbox(parts);
    const child = parent + 1;
    expect(await statusesOf(parts, child)).toEqual({ inner: 'pending' });
    await (await takeJob(parts)).finish();
    await settleOutbox(parts);
    expect([await statusOf(parts, child), await statusOf(parts, parent)]).toEqual(['success', 'success']);
    expect(await statusOf(parts, child + 1)).toBeNull();
    await checkRows(parts);
  });

  it('fails a trigger job whose child cannot be made', async () => {
    const parent = await startPipeline(parts, await projectOf('start: {trigger: {include: missing.yml}}\n'));
    await settleOutbox(parts);
    expect(await statusOf(parts, parent)).toBe('failed');
    await checkRows(parts);
  });

  it('gives a resource group to one job at a time, across pipelines', async () => {
    const project = await projectOf('deploy: {script: x, resource_group: production}\n');
    const [first, second] = [await startPipeline(parts, project), await startPipeline(parts, project)];
    await settleOutbox(parts);
    const statuses = async () => [await statusesOf(parts, first), await statusesOf(parts, second)];
    expect(await statuses()).toEqual([{ deploy: 'pending' }, { deploy: 'waiting_for_resource' }]);
    await (await takeJob(parts)).finish();
    await settleOutbox(parts);
    expect(await statuses()).toEqual([{ deploy: 'success' }, { deploy: 'pending' }]);
    await checkRows(parts);
  });

  it('cancels an older pipeline of the ref as its jobs allow', async () => {
    const project = await projectOf('a: {script: x, interruptible: true}\n');
    const first = await startPipeline(parts, project);
    const running = await takeJob(parts);
    await running.report({ type: 'script_started' });
    const second = await startPipeline(parts, { ...project, sha: project.sha });
    await settleOutbox(parts);
    // One commit, twice: a pipeline does not supersede another one of its own commit.
    expect(await statusesOf(parts, first)).toEqual({ a: 'running' });
    expect(await statusesOf(parts, second)).toEqual({ a: 'pending' });
  });
});

describe('what comes due', () => {
  it('ends an attempt whose lease has lapsed, and hands its cleanup to another runner', async () => {
    const id = await startPipeline(
      parts,
      await projectOf('a: {script: x, after_script: [y], interruptible: graceful}\n'),
    );
    const first = await takeJob(parts);
    await first.renew();
    await first.report({ type: 'script_started' });
    await workOffLapsedLeases(parts, NEVER);
    expect(await statusesOf(parts, id)).toEqual({ a: 'running' });
    parts.clock.pass(10 * 60_000);
    await workOffLapsedLeases(parts, NEVER);
    await checkRows(parts);
    expect(await first.renew()).toBe(false);
    const cleanup = await takeJob(parts, { ...OUR_RUNNER, runnerId: 7 });
    expect(cleanup).toMatchObject({ kind: 'cleanup', payload: { teardown_only: true } });
    await checkRows(parts);
  });

  it('has a job wait again of whose attempt nothing was ever heard', async () => {
    const id = await startPipeline(parts, await projectOf('a: {script: x}\n'));
    const lost = await takeJob(parts);
    parts.clock.pass(119_000);
    await workOffSilentAttempts(parts, NEVER);
    expect(await askForJob(parts)).toBeNull();
    parts.clock.pass(1_000);
    await workOffSilentAttempts(parts, NEVER);
    expect(await statusesOf(parts, id)).toEqual({ a: 'pending' });
    expect((await takeJob(parts)).attempt).toBeGreaterThan(lost.attempt);
    await checkRows(parts);
  });

  it('starts a delayed job when its time has come', async () => {
    const id = await startPipeline(parts, await projectOf('a: {script: x, when: delayed, start_in: 10 minutes}\n'));
    await workOffWakes(parts, NEVER);
    expect(await statusesOf(parts, id)).toEqual({ a: 'scheduled' });
    parts.clock.pass(10 * 60_000);
    await workOffWakes(parts, NEVER);
    expect(await statusesOf(parts, id)).toEqual({ a: 'pending' });
  });

  it('ends a job that nobody took in a day', async () => {
    const id = await startPipeline(parts, await projectOf('a: {script: x}\n'));
    parts.clock.pass(24 * 3_600_000 + 1);
    await dropStuckJobs(parts, NEVER);
    const [job] = await jobsOf(parts, id);
    expect(job?.state).toMatchObject({ status: 'failed', failureReason: 'stuck_or_timeout_failure' });
  });

  it('ends a job that waited for an hour while no runner fits it, and leaves those that one fits', async () => {
    const id = await startPipeline(parts, await projectOf('a: {script: x, tags: [gpu]}\nb: {script: x}\n'));
    const setup = { description: '', runUntagged: true, isProtected: false, isLocked: false, isPaused: false };
    const rest = { maximumTimeoutS: null, maintenanceNote: null, tokenExpiresAt: null, createdBy: null };
    const runner = { ...setup, ...rest, kind: 'instance', tags: ['docker'], tokenHash: 'h' } as const;
    const began = parts.clock.monotonic();
    parts.clock.pass(600_000);
    const ahead = () => parts.clock.now() + 24 * 3_600_000;
    const fast = { ...realClock, now: ahead, monotonic: () => parts.clock.monotonic() };
    await dropUnfitJobs(began)({ ...parts, clock: fast }, NEVER);
    expect(await statusesOf(parts, id), 'that it has waited says the database').toEqual({ a: 'pending', b: 'pending' });
    parts.clock.pass(3_000_000 + 1);
    await parts.store.write(async (tx) => {
      const made = await insertRunner(tx, runner, []);
      await tx.query.updateTable('runners').set({ contacted_at: tx.now() }).where('id', '=', made).execute();
    });
    await dropUnfitJobs(parts.clock.monotonic())(parts, NEVER);
    expect(await statusesOf(parts, id)).toEqual({ a: 'pending', b: 'pending' });
    await dropUnfitJobs(began)(parts, NEVER);
    expect(await statusesOf(parts, id)).toEqual({ a: 'failed', b: 'pending' });
    await checkRows(parts);
  });
});

it('does all that by itself once work has begun, and stops when it is told to', async () => {
  const project = await projectOf('start: {trigger: {include: child.yml}}\n', { 'child.yml': 'inner: {script: x}\n' });
  const turns: string[] = [];
  const sweep = { name: 'mine', everyMs: 1_000, run: async () => void turns.push('mine') };
  const work = startWork(parts, [sweep]);
  const parent = await startPipeline(parts, project);
  await expect.poll(() => statusOf(parts, parent + 1), { timeout: 5_000 }).not.toBeNull();
  await expect.poll(() => turns, { timeout: 5_000 }).toEqual(['mine']);
  await work.stop();
});
