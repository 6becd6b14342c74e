import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeServing } from './support/describe-serving.ts';
import { ServedProject } from './support/served-project.ts';

describeServing([], (serving) => {
  it('makes a project and a pipeline of a push, and runs its job', async () => {
    const project = new ServedProject(serving());
    const told = project.push('hello: {script: [echo "hello $CI_COMMIT_BRANCH from $CI_PROJECT_PATH"]}\n');
    const pipeline = await project.newestPipeline('main');
    expect(pipeline).toMatchObject({ iid: 1, source: 'push', ref: 'main' });
    expect(told).toContain(`${serving().base}/${project.path}/-/pipelines/${pipeline.id}`);
    const job = await project.untilJob(pipeline, 'hello', 'success');
    expect(job).toMatchObject({ phase: null, cleanup: { outcome: 'not_owed' } });
    expect(await project.trace(job)).toContain(`\nhello main from ${project.path}\n`);
    await project.untilPipeline(pipeline, 'success');
    // Who clones gets what was pushed.
    const url = `${serving().base.replace('://', `://any:${serving().token}@`)}/${project.path}.git`;
    expect(project.git('ls-remote', url, 'refs/heads/main')).toContain(pipeline.sha);
  });

  it('keeps artifacts, hands them and dotenv variables on, and gives them whole and file by file', async () => {
    const project = new ServedProject(serving());
    const pipeline = await project.start(`
stages: [one, two]
make:
  stage: one
  script: [mkdir out, echo data > out/a.txt, echo "NAME=world" > vars.env]
  artifacts: {paths: [out], reports: {dotenv: vars.env}}
use:
  stage: two
  script: [test "$(cat out/a.txt)" = data, test "$NAME" = world]
`);
    await project.untilJob(pipeline, 'use', 'success');
    const made = await project.job(pipeline, 'make');
    expect((await project.ask(`/jobs/${made.id}/artifacts`)).bytes.subarray(0, 2).toString()).toBe('PK');
    expect((await project.ask(`/jobs/${made.id}/artifacts/out/a.txt`)).text).toBe('data\n');
    expect((await project.ask(`/jobs/${made.id}/artifacts/..%2f..%2fetc/passwd`)).status).toBe(404);
    expect((await project.ask('/jobs/artifacts/main/raw/out/a.txt?job=make')).text).toBe('data\n');
    expect((await project.ask(`/jobs/${made.id}/artifacts`, 'DELETE')).status).toBe(204);
    expect((await project.ask(`/jobs/${made.id}/artifacts`)).status).toBe(404);
  });

  it('makes one pipeline for each ref of a push, for a tag of the same commit too, and none where a branch goes', async () => {
    const project = new ServedProject(serving());
    const ci = 'a: {script: [echo "ref $CI_COMMIT_REF_NAME tag $CI_COMMIT_TAG branch $CI_COMMIT_BRANCH."]}\n';
    await project.start(ci);
    project.git('tag', 'v1');
    project.push(ci, { branch: 'feature', flags: [] });
    project.pushRef('refs/tags/v1');
    const [tagged, branched] = [await newest(project, 'v1'), await project.newestPipeline('feature')];
    expect(await project.trace(await project.untilJob(tagged, 'a', 'success'))).toContain('\nref v1 tag v1 branch .\n');
    expect(await project.trace(await project.untilJob(branched, 'a', 'success'))).toContain(
      '\nref feature tag  branch feature.\n',
    );
    project.pushRef(':refs/heads/feature');
    expect((await project.ask('/pipelines')).json).toHaveLength(3);
    expect((await project.ask('/repository/branches/feature')).status).toBe(404);
  });

  it('does as push options and the commit say: no pipeline, or one with variables', async () => {
    const project = new ServedProject(serving());
    const ci = 'a: {script: [echo "for $WHO"]}\n';
    project.push(ci, { flags: ['-o', 'ci.skip'] });
    const skipped = (await project.ask('/pipelines')).json;
    expect(skipped.map(({ status }: { status: string }) => status)).toEqual(['skipped']);
    const pipeline = await project.start(ci, { flags: ['-o', 'ci.variable=WHO=somebody'] });
    expect(await project.trace(await project.untilJob(pipeline, 'a', 'success'))).toContain('\nfor somebody\n');
  });

  it('says in the push what is wrong with a file, and shows the pipeline as failed', async () => {
    const project = new ServedProject(serving());
    const pipeline = await project.start('a: {script: 1, stage: nowhere}\n');
    expect(pipeline.status).toBe('failed');
    expect((await project.ask(`/pipelines/${pipeline.id}`)).json.yaml_errors).toMatch(/nowhere|script/);
    expect(await project.jobs(pipeline)).toEqual([]);
  });

  it('shows the log while it grows, and goes on where a watcher was', async () => {
    const project = new ServedProject(serving());
    const gate = join(serving().outside, 'go');
    const pipeline = await project.start(`
a:
  script: [echo first words, 'until [ -e "${gate}" ]; do sleep 0.05; done', echo last words]
`);
    const { id } = await project.untilJob(pipeline, 'a', 'running');
    const first = await watch(project, id, (seen) => seen.includes('first words\\n'));
    expect(first).not.toContain('last words\\n');
    writeFileSync(gate, '');
    const last = /id: (\d+)\n(?!.*id: )/s.exec(first)?.[1] ?? '';
    const rest = await watch(project, id, (seen) => seen.includes('event: end\n'), { 'last-event-id': last });
    expect(rest).toContain('last words\\n');
    expect(rest).not.toContain('first words\\n');
  });

  /** What a stream of a job's log says until `isEnough`. */
  async function watch(project: ServedProject, id: number, isEnough: (seen: string) => boolean, headers = {}) {
    const url = `${serving().base}/api/v4/projects/${encodeURIComponent(project.path)}/jobs/${id}/trace/events`;
    const { body } = await fetch(url, {
      headers: { 'private-token': serving().token, ...headers },
      signal: AbortSignal.timeout(30_000),
    });
    let seen = '';
    for await (const chunk of body?.pipeThrough(new TextDecoderStream()) ?? []) {
      seen += chunk;
      if (isEnough(seen)) return seen;
    }
    throw new Error(`the stream ended: ${seen}`);
  }
});

async function newest(project: ServedProject, ref: string) {
  const found = (await project.ask(`/pipelines?ref=${ref}`)).json;
  expect(found).toHaveLength(1);
  return found[0];
}
