import { afterEach, beforeEach, expect, it } from 'vitest';
import { findJob } from '../../store/index.ts';
import { applyEvent } from '../pipelines/index.ts';
import { checkRows } from '../testing/check-rows.ts';
import { makeProject } from '../testing/make-project.ts';
import { type OpenedParts, openParts } from '../testing/open-parts.ts';
import { putVariable } from '../testing/put-variable.ts';
import { FOREIGN_RUNNER, OUR_RUNNER } from '../testing/runners.ts';
import { startPipeline, statusesOf, statusOf } from '../testing/start-pipeline.ts';
import { askForJob, takeJob } from '../testing/take-job.ts';
import { giveBack } from './hand-out.ts';

let parts: OpenedParts;

beforeEach(async () => {
  parts = await openParts();
});
afterEach(async () => {
  await parts.close();
});

async function start(file: string): Promise<number> {
  return await startPipeline(parts, await makeProject(parts, { files: { '.gitlab-ci.yml': file } }));
}

it('hands out each job once what it needs has succeeded, to the end of the pipeline', async () => {
  const id = await start(`
stages: [one, two]
a: {stage: one, script: x}
b: {stage: one, script: x}
c: {stage: two, script: x, needs: [a]}
`);
  const a = await takeJob(parts);
  expect(a).toMatchObject({ name: 'a', attempt: 1, kind: 'job' });
  expect(await statusOf(parts, id)).toBe('running');
  await checkRows(parts);
  const b = await takeJob(parts, FOREIGN_RUNNER);
  expect(b.name).toBe('b');
  expect(await askForJob(parts)).toBeNull();
  expect(await a.finish()).toMatchObject({ kind: 'applied', job: { status: 'success' } });
  const c = await takeJob(parts);
  expect(c.name).toBe('c');
  await checkRows(parts);
  await b.finish();
  await c.finish();
  expect(await statusesOf(parts, id)).toEqual({ a: 'success', b: 'success', c: 'success' });
  expect(await statusOf(parts, id)).toBe('success');
  expect(await a.finish()).toMatchObject({ kind: 'refused', reason: 'stale_attempt', job: { status: 'success' } });
  expect(await a.renew()).toBe(false);
  await checkRows(parts);
});

it('makes the payload whole', async () => {
  const project = await makeProject(parts, {
    files: {
      '.gitlab-ci.yml': `
variables: {WHO: yaml}
job:
  script: x
  environment: review/one
  cache: {key: {files: [lock]}, paths: [deps]}
`,
      lock: 'one\n',
    },
    settings: { ci_default_git_depth: 5, build_timeout: 7_200 },
  });
  await putVariable(parts, 0, { key: 'WHO', value: 'instance' });
  await putVariable(parts, project.id, { key: 'WHO', value: 'project', isMasked: true });
  await putVariable(parts, project.id, { key: 'SECRET', value: 'hidden', isProtected: true });
  await putVariable(parts, project.id, { key: 'PLACE', value: 'any', environmentScope: '*' });
  await putVariable(parts, project.id, { key: 'PLACE', value: 'review', environmentScope: 'review/*' });
  await putVariable(parts, project.id, { key: 'PLACE', value: 'other', environmentScope: 'production' });
  await putVariable(parts, project.id, { key: 'FILE', value: 'text $WHO', kind: 'file' });
  await startPipeline(parts, project, { variables: [{ key: 'GIVEN', value: '$WHO', kind: 'env_var' }] });
  const { payload, token, jobId } = await takeJob(parts);
  const last = (key: string) => payload.variables.findLast((variable) => variable.key === key);
  expect(payload).toMatchObject({
    id: jobId,
    token,
    allow_git_fetch: true,
    runner_info: { timeout: 7_200 },
    git_info: {
      repo_url: `http://gitlab-ci-token:${token}@ci.example/group/shop.git`,
      sha: project.sha,
      depth: 5,
      protected: false,
    },
  });
  expect(payload.cache[0]?.key).toMatch(/^[0-9a-f]{40}-non_protected$/);
  expect(last('WHO')).toMatchObject({ value: 'project', masked: true, public: false });
  expect(last('SECRET')).toBeUndefined();
  expect(last('PLACE')?.value).toBe('review');
  expect(last('FILE')).toMatchObject({ value: 'text $WHO', file: true });
  expect(last('GIVEN')?.value).toBe('project');
  expect(last('CI_PIPELINE_IID')?.value).toBe('1');
});

it('leaves a job to others that its runner cannot run, and goes on to the next', async () => {
  await start(`
a: {script: x, artifacts: {reports: {junit: r.xml}}}
b: {script: x}
`);
  const old = { ...OUR_RUNNER, info: { ...OUR_RUNNER.info, features: new Set<string>() } };
  expect((await takeJob(parts, old)).name).toBe('b');
  expect(await askForJob(parts, old)).toBeNull();
  expect((await takeJob(parts)).name).toBe('a');
});

it('puts a job that never reached its runner back, and refuses the token that it had', async () => {
  const id = await start('a: {script: x}\n');
  const first = await takeJob(parts);
  await giveBack(parts, first);
  expect(await statusesOf(parts, id)).toEqual({ a: 'pending' });
  await checkRows(parts);
  expect(await first.report({ type: 'script_started' })).toMatchObject({ kind: 'refused', reason: 'stale_attempt' });
  const second = await takeJob(parts);
  expect(second).toMatchObject({ jobId: first.jobId, attempt: 2 });
  expect(second.token).not.toBe(first.token);
  expect(await parts.store.read((db) => findJob(db, first.jobId))).toMatchObject({ runnerId: 1 });
});

it('hands out nothing that was cancelled after it was reserved', async () => {
  const id = await start('a: {script: x}\n');
  await applyEvent(parts, id, { type: 'cancel', by: 'ann', cause: 'canceled' });
  expect(await askForJob(parts)).toBeNull();
  await checkRows(parts);
});
