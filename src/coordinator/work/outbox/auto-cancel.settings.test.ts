import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeOnEachEngine } from '../../../../test/support/engines.ts';
import { cancelPipeline } from '../../pipelines/index.ts';
import { checkRows } from '../../testing/check-rows.ts';
import { commitFiles } from '../../testing/commit-files.ts';
import { makeProject } from '../../testing/make-project.ts';
import { type OpenedParts, openParts } from '../../testing/open-parts.ts';
import { settleOutbox } from '../../testing/settle.ts';
import { startPipeline, statusesOf, statusOf } from '../../testing/start-pipeline.ts';
import { type TakenJob, takeJob } from '../../testing/take-job.ts';

/** By kind of job: what may be cancelled by a newer pipeline, and what not. */
const KINDS = { hard: 'interruptible: false', soft: 'interruptible: true', grace: 'interruptible: graceful' } as const;
type Kind = keyof typeof KINDS;
type Mode = 'conservative' | 'interruptible' | 'none';

const fileOf = (mode: Mode | null, kinds: readonly Kind[]) =>
  [
    mode === null ? '' : `workflow: {auto_cancel: {on_new_commit: ${mode}}}`,
    ...kinds.map((kind) => `${kind}: {script: x, after_script: y, ${KINDS[kind]}}`),
    'waits: {stage: deploy, script: x}',
    'held: {script: x, when: manual, needs: []}',
    '',
  ].join('\n');

describeOnEachEngine((engine) => {
  let parts: OpenedParts;
  let projects = 0;

  beforeEach(async () => {
    parts = await openParts(engine);
  });
  afterEach(async () => {
    await checkRows(parts);
    expect(parts.complaints).toEqual([]);
    await parts.close();
  });

  /** How the jobs of a pipeline stand once a newer one of its ref is there. `before` is done with the older one's jobs. */
  async function superseded(
    files: Readonly<Record<string, string>>,
    before: (jobs: readonly TakenJob[], older: number) => Promise<unknown>,
    taken: number,
  ) {
    projects += 1;
    const project = await makeProject(parts, { path: `shop${projects}`, files });
    const older = await startPipeline(parts, project);
    const jobs: TakenJob[] = [];
    for (let count = 0; count < taken; count += 1) jobs.push(await takeJob(parts));
    for (const job of jobs) await job.report({ type: 'script_started' });
    await before(jobs, older);
    parts.clock.pass(1_000);
    const sha = commitFiles(parts, project.id, { files: { new: 'new\n' } });
    const newer = await startPipeline(parts, { ...project, sha });
    await settleOutbox(parts);
    return { older, newer, jobs: await statusesOf(parts, older) };
  }

  /** Nothing of them is left for the runner of the next case. */
  async function end(...pipelines: readonly number[]): Promise<void> {
    for (const id of pipelines) await cancelPipeline(parts, id, { force: true, by: { id: 1, name: 'root' } });
  }

  const CANCELED = { waits: 'canceled', held: 'canceled' };
  const LEFT = { waits: 'created', held: 'manual' };

  const OF_NEW_COMMITS = [
    // What has started may all be interrupted: the whole pipeline goes.
    [null, ['soft', 'grace'], { soft: 'canceling', grace: 'canceling', ...CANCELED }],
    ['conservative', ['soft', 'grace'], { soft: 'canceling', grace: 'canceling', ...CANCELED }],
    // One that may not be runs.
    ['conservative', ['hard', 'soft'], { hard: 'running', soft: 'running', ...LEFT }],
    ['interruptible', ['hard', 'soft'], { hard: 'running', soft: 'canceling', ...LEFT }],
    ['interruptible', ['hard', 'grace'], { hard: 'running', grace: 'canceling', ...LEFT }],
    ['interruptible', ['hard'], { hard: 'running', ...LEFT }],
    ['none', ['soft', 'grace'], { soft: 'running', grace: 'running', ...LEFT }],
  ] satisfies readonly [Mode | null, readonly Kind[], Record<string, string>][];

  it('lets a newer pipeline do with an older one, of which all runs, as the older one says', async () => {
    for (const [mode, kinds, expected] of OF_NEW_COMMITS) {
      const files = { '.gitlab-ci.yml': fileOf(mode, kinds) };
      const { older, newer, jobs } = await superseded(files, async () => {}, kinds.length);
      expect([mode, jobs]).toEqual([mode, expected]);
      await end(older, newer);
    }
  });

  const OF_ENDED_JOBS = [
    ['conservative', 0, { hard: 'success', soft: 'running', ...LEFT }],
    ['interruptible', 0, { hard: 'success', soft: 'canceling', ...LEFT }],
    ['none', 1, { hard: 'failed', soft: 'running', ...LEFT }],
  ] satisfies readonly [Mode, number, Record<string, string>][];

  it('counts a job that has ended as one that has started', async () => {
    for (const [mode, exitCode, expected] of OF_ENDED_JOBS) {
      const files = { '.gitlab-ci.yml': fileOf(mode, ['hard', 'soft']) };
      const finish = async (taken: readonly TakenJob[]) => taken.find(({ name }) => name === 'hard')?.finish(exitCode);
      const { older, newer, jobs } = await superseded(files, finish, 2);
      expect([mode, jobs]).toEqual([mode, expected]);
      await end(older, newer);
    }
  });

  it('takes the mode from the rule of the workflow that matched', async () => {
    const rules = `
workflow:
  auto_cancel: {on_new_commit: none}
  rules:
    - if: $CI_COMMIT_BRANCH == "other"
    - if: $CI_COMMIT_BRANCH == "main"
      auto_cancel: {on_new_commit: interruptible}
`;
    const files = { '.gitlab-ci.yml': `${rules}${fileOf(null, ['hard', 'soft'])}` };
    const expected = { hard: 'running', soft: 'canceling', ...LEFT };
    expect((await superseded(files, async () => {}, 2)).jobs).toEqual(expected);
  });

  it('decides of a child pipeline by its own file, and lets no child supersede anything', async () => {
    const files = {
      '.gitlab-ci.yml': 'workflow: {auto_cancel: {on_new_commit: none}}\ncall: {trigger: {include: child.yml}}\n',
      'child.yml': 'below: {script: x, after_script: y, interruptible: true}\n',
    };
    let child = 0;
    const { older, newer } = await superseded(
      files,
      async (_, parent) => {
        await settleOutbox(parts);
        child = parent + 1;
        await (await takeJob(parts)).report({ type: 'script_started' });
      },
      0,
    );
    expect(await statusesOf(parts, child)).toEqual({ below: 'canceling' });
    expect(await statusOf(parts, older)).toBe('success');
    expect(await statusesOf(parts, newer + 1)).toEqual({ below: 'pending' });
  });

  const OF_FAILURES = [
    ['all', '', 1, { bad: 'failed', slow: 'canceling', ...CANCELED }],
    ['none', '', 1, { bad: 'failed', slow: 'running', ...LEFT }],
    ['all', ', allow_failure: true', 1, { bad: 'failed', slow: 'running', ...LEFT }],
    ['all', ', retry: 1', 1, { bad: 'pending', slow: 'running', ...LEFT }],
    ['all', '', 0, { bad: 'success', slow: 'running', ...LEFT }],
  ] as const;

  it('cancels the pipeline of a job that failed for good where its file says so', async () => {
    for (const [mode, more, exitCode, expected] of OF_FAILURES) {
      projects += 1;
      const files = {
        '.gitlab-ci.yml': `
workflow: {auto_cancel: {on_job_failure: ${mode}}}
bad: {script: x${more}}
slow: {script: x, after_script: y}
waits: {stage: deploy, script: x}
held: {script: x, when: manual, needs: []}
`,
      };
      const id = await startPipeline(parts, await makeProject(parts, { path: `shop${projects}`, files }));
      const [bad, slow] = [await takeJob(parts), await takeJob(parts)];
      await slow.report({ type: 'script_started' });
      await bad.finish(exitCode);
      await settleOutbox(parts);
      expect([mode, more, await statusesOf(parts, id)]).toEqual([mode, more, expected]);
      await end(id);
    }
  });
});
