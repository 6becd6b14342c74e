import { afterEach, beforeEach, expect, it } from 'vitest';
import { findPipeline } from '../../store/index.ts';
import { checkRows } from '../testing/check-rows.ts';
import { commitFiles } from '../testing/commit-files.ts';
import { makeProject } from '../testing/make-project.ts';
import { type OpenedParts, openParts } from '../testing/open-parts.ts';
import { askForPipeline, jobsOf, startPipeline, statusesOf, statusOf } from '../testing/start-pipeline.ts';

let parts: OpenedParts;

beforeEach(async () => {
  parts = await openParts();
});
afterEach(async () => {
  await parts.close();
});

const FILE = `
include: [{local: ci/build.yml}, {local: 'ci/more/*.yml'}]
test: {stage: test, script: make test, needs: [build], tags: [docker]}
`;

it('makes the jobs of a file and of all that it includes, as they are at the commit', async () => {
  const project = await makeProject(parts, {
    files: {
      '.gitlab-ci.yml': FILE,
      'ci/build.yml': 'include: ci/hidden.yml\nbuild: {extends: .base, stage: build}\n',
      'ci/hidden.yml': '.base: {script: make, interruptible: true}\n',
      'ci/more/deploy.yml': 'deploy: {stage: deploy, script: ship, when: manual}\n',
    },
  });
  commitFiles(parts, project.id, { files: { '.gitlab-ci.yml': 'other: {script: "true"}\n' } });
  const id = await startPipeline(parts, project);
  expect(await statusesOf(parts, id)).toEqual({ build: 'pending', deploy: 'created', test: 'created' });
  expect(await statusOf(parts, id)).toBe('pending');
  const record = await parts.store.read((db) => findPipeline(db, id));
  expect(record).toMatchObject({ iid: 1, sha: project.sha, source: 'push', version: 1, problems: [] });
  expect((await jobsOf(parts, id)).find(({ name }) => name === 'test')?.tags).toEqual(['docker']);
  await checkRows(parts);
});

it('makes a failed pipeline of an invalid file that was pushed, and none when it was asked for', async () => {
  const project = await makeProject(parts, { files: { '.gitlab-ci.yml': 'a: {stage: nowhere, script: x}\n' } });
  const id = await startPipeline(parts, project);
  const record = await parts.store.read((db) => findPipeline(db, id));
  expect(record).toMatchObject({ status: 'failed', planHash: null, finishedAt: parts.clock.now() });
  expect(record?.problems[0]).toContain('nowhere');
  expect(await askForPipeline(parts, project, { source: 'api' })).toMatchObject({ kind: 'invalid' });
});

it('makes none where the workflow says no, no job is left, or there is no file', async () => {
  const files = { '.gitlab-ci.yml': "workflow: {rules: [{if: '$NO', when: never}, {when: always}]}\na: {script: x}\n" };
  const project = await makeProject(parts, { files });
  const variables = [{ key: 'NO', value: '1', kind: 'env_var' }] as const;
  expect(await askForPipeline(parts, project, { variables })).toMatchObject({ kind: 'none' });
  expect(await askForPipeline(parts, project)).toMatchObject({ kind: 'created' });
  const idle = await makeProject(parts, {
    path: 'idle',
    files: { '.gitlab-ci.yml': 'a: {script: x, rules: [{when: never}]}\n' },
  });
  expect(await askForPipeline(parts, idle)).toMatchObject({ kind: 'none' });
  const empty = await makeProject(parts, { path: 'empty', files: { README: 'hello\n' } });
  expect(await askForPipeline(parts, empty)).toMatchObject({ kind: 'none' });
  expect(await askForPipeline(parts, empty, { source: 'api' })).toMatchObject({ kind: 'invalid' });
});

it('heeds what a push changed, and takes everything as changed on a new branch', async () => {
  const files = { '.gitlab-ci.yml': 'docs: {script: x, rules: [{changes: [docs/*]}]}\nall: {script: x}\n' };
  const project = await makeProject(parts, { files });
  const sha = commitFiles(parts, project.id, { files: { 'src/a': 'a' } });
  const pushed = await startPipeline(parts, { ...project, sha }, { beforeSha: project.sha });
  expect(Object.keys(await statusesOf(parts, pushed))).toEqual(['all']);
  const fresh = await startPipeline(parts, { ...project, sha }, { beforeSha: '0'.repeat(40) });
  expect(Object.keys(await statusesOf(parts, fresh))).toEqual(['docs', 'all']);
});

it('makes a pipeline without jobs of a push that wants to be skipped', async () => {
  const project = await makeProject(parts, { files: { '.gitlab-ci.yml': 'a: {script: x}\n' } });
  const id = await startPipeline(parts, project, { isSkipped: true });
  expect(await statusOf(parts, id)).toBe('skipped');
  expect(await jobsOf(parts, id)).toEqual([]);
});

const WITH_INPUTS = `
spec: {inputs: {env: {options: [dev, prod]}, count: {type: number, default: 1}}}
---
"deploy $[[ inputs.env ]]": {script: x, parallel: "$[[ inputs.count ]]"}
`;

it('puts inputs into the file, whether they come as text or as values, and makes none of those that do not fit', async () => {
  const project = await makeProject(parts, { files: { '.gitlab-ci.yml': WITH_INPUTS } });
  const pushed = await startPipeline(parts, project, { inputs: { env: 'prod', count: '2' } });
  expect(Object.keys(await statusesOf(parts, pushed))).toEqual(['deploy prod 1/2', 'deploy prod 2/2']);
  const asked = await startPipeline(parts, project, { source: 'api', inputs: { env: 'dev', count: 2 } });
  expect(Object.keys(await statusesOf(parts, asked))).toEqual(['deploy dev 1/2', 'deploy dev 2/2']);
  const wrong = await askForPipeline(parts, project, { source: 'api', inputs: { env: 'test', cuont: 1 } });
  const problems = wrong.kind === 'invalid' ? wrong.problems.map(({ code }) => code) : [];
  expect(problems).toEqual(['unknown-input', 'bad-input']);
  const missing = await startPipeline(parts, project);
  const record = await parts.store.read((db) => findPipeline(db, missing));
  expect(record).toMatchObject({ status: 'failed', planHash: null });
  expect(record?.problems[0]).toContain('input "env" is required');
});
