import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeOnEachEngine } from '../../../../test/support/engines.ts';
import { commitFiles } from '../../testing/commit-files.ts';
import { makeProject, type TestProject } from '../../testing/make-project.ts';
import { startPipeline } from '../../testing/start-pipeline.ts';
import { restRoutes } from '../index.ts';
import { type Asked, type AskOptions, type OpenedRest, openRest } from '../testing/open-rest.ts';

const FILE = `
stages: [build, test, deploy]
build: {stage: build, script: make, rules: [{if: $CI_COMMIT_BRANCH}]}
test: {stage: test, script: test, parallel: 2, needs: [build]}
deploy: {stage: deploy, script: ship, when: manual, manual_confirmation: Really?}
never: {stage: deploy, script: x, rules: [{if: $NOTHING}]}
child: {stage: deploy, trigger: {include: child.yml}, needs: []}
`;

describeOnEachEngine((engine) => {
  let rest: OpenedRest;
  let project: TestProject;
  const ask = (path: string, as?: AskOptions['as']): Promise<Asked> =>
    rest.ask('GET', `/projects/${project.id}/${path}`, as === undefined ? {} : { as });

  beforeEach(async () => {
    rest = await openRest(restRoutes, engine);
    project = await makeProject(rest.parts, { files: { '.gitlab-ci.yml': FILE, 'child.yml': 'c: {script: x}' } });
  });
  afterEach(async () => {
    expect(rest.parts.complaints).toEqual([]);
    await rest.close();
  });

  it('says what a pipeline was planned to be, and why', async () => {
    const id = await startPipeline(rest.parts, project);
    const { status, json } = await ask(`pipelines/${id}/graph`, 'reporter');
    expect([status, json.stages]).toEqual([200, ['build', 'test', 'deploy']]);
    const usual = { node: null, needs: null, when: 'on_success', kind: 'job', manual_confirmation: null };
    const isWithout = { ...usual, reason: 'it has no rules' };
    expect(json.jobs).toEqual([
      { ...usual, name: 'build', group: 'build', stage: 0, reason: 'rule 1: $CI_COMMIT_BRANCH' },
      { ...isWithout, name: 'test 1/2', group: 'test', stage: 1, node: { index: 1, total: 2 }, needs: [0] },
      { ...isWithout, name: 'test 2/2', group: 'test', stage: 1, node: { index: 2, total: 2 }, needs: [0] },
      { ...isWithout, name: 'deploy', group: 'deploy', stage: 2, when: 'manual', manual_confirmation: 'Really?' },
      { ...isWithout, name: 'child', group: 'child', stage: 2, kind: 'bridge', needs: [] },
    ]);
    expect(json.left_out).toEqual([{ name: 'never', stage: 'deploy', reason: 'no rule matched' }]);
  });

  it('tells no rule of the CI file to who may not read the file', async () => {
    const id = await startPipeline(rest.parts, project);
    const { status, json } = await ask(`pipelines/${id}/graph`, 'guest');
    expect([status, json.left_out, json.jobs[0].name]).toEqual([200, null, 'build']);
    expect(json.jobs.map(({ reason }: { reason: unknown }) => reason)).toEqual([null, null, null, null, null]);
    expect((await ask('pipelines/999/graph')).status).toBe(404);
  });

  it('has a graph without jobs for a pipeline whose file is invalid', async () => {
    const sha = commitFiles(rest.parts, project.id, { files: { '.gitlab-ci.yml': 'a: {stage: nowhere, script: x}' } });
    const id = await startPipeline(rest.parts, { ...project, sha });
    expect((await ask(`pipelines/${id}/graph`)).json).toEqual({ stages: [], jobs: [], left_out: null });
  });

  it('says what who asks may do with a pipeline and with a job', async () => {
    const id = await startPipeline(rest.parts, project, { userId: 30 });
    const [job] = (await ask(`pipelines/${id}/jobs?sort=asc`)).json;
    const may = async (as: NonNullable<AskOptions['as']>): Promise<unknown> => [
      (await ask(`pipelines/${id}`, as)).json.may,
      (await ask(`jobs/${job.id}`, as)).json.may,
    ];
    expect(await may('guest')).toEqual([[], []]);
    expect(await may('developer')).toEqual([
      ['cancel', 'retry', 'play'],
      ['cancel', 'retry', 'play', 'erase'],
    ]);
    expect(await may('maintainer')).toEqual([
      ['cancel', 'force', 'retry', 'play'],
      ['cancel', 'force', 'retry', 'play', 'erase'],
    ]);
    expect(await may('owner')).toEqual([
      ['cancel', 'force', 'retry', 'play', 'delete'],
      ['cancel', 'force', 'retry', 'play', 'erase'],
    ]);
  });
});
