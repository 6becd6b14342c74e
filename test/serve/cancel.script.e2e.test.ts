import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { isAlive } from '../support/processes.ts';
import { waitUntil } from '../support/wait-until.ts';
import { describeServing } from './support/describe-serving.ts';
import { isThere } from './support/is-there.ts';
import { pidIn } from './support/pid-in.ts';
import { ServedProject } from './support/served-project.ts';

/** Our runner and real scripts. */
describeServing([], (serving) => {
  let places = 0;
  /** Paths outside of the job that no other test uses. */
  function place(): (name: string) => string {
    places += 1;
    const prefix = join(serving().outside, String(places));
    return (name) => `${prefix}-${name}`;
  }

  it('runs after_script with what it has to know, shows it live, keeps the artifacts of a failure, and ends as canceled', async () => {
    const project = new ServedProject(serving());
    const at = place();
    const pipeline = await project.start(`
slow:
  script: [echo partial > report.txt, touch "${at('begun')}", sleep 100]
  after_script:
    - 'echo "cleaning $CI_JOB_STATUS $EPILOGUE_TEARDOWN_CAUSE by $EPILOGUE_CANCELED_BY attempt $EPILOGUE_CLEANUP_ATTEMPT"'
    - 'until [ -e "${at('go')}" ]; do sleep 0.05; done'
    - touch "${at('cleaned')}"
  artifacts: {when: on_failure, paths: [report.txt]}
`);
    await waitUntil('the script has begun', () => isThere(at('begun')));
    await project.cancelPipeline(pipeline);
    const canceling = await project.job(pipeline, 'slow');
    expect(canceling).toMatchObject({ status: 'canceling', phase: 'teardown' });
    await waitUntil('the cleanup is seen', async () =>
      /\ncleaning canceled canceled by root attempt 1\n/.test(await project.trace(canceling)),
    );
    expect(await project.job(pipeline, 'slow')).toMatchObject({ status: 'canceling', cleanup: { outcome: null } });
    writeFileSync(at('go'), '');
    const ended = await project.untilJob(pipeline, 'slow', 'canceled');
    expect(ended.cleanup?.outcome).toBe('succeeded');
    expect(isThere(at('cleaned'))).toBe(true);
    expect((await project.ask(`/jobs/${ended.id}/artifacts/report.txt`)).text).toBe('partial\n');
  });

  it('kills the script and skips after_script when the job is forced', async () => {
    const project = new ServedProject(serving());
    const at = place();
    const pipeline = await project.start(`
slow:
  script: [echo $$ > "${at('pid')}", sleep 100]
  after_script: [touch "${at('cleaned')}"]
`);
    const pid = await pidIn(at('pid'));
    const forced = await project.cancelJob(await project.job(pipeline, 'slow'), '?force=true');
    expect(forced).toMatchObject({ status: 'canceled', cleanup: { outcome: 'skipped' } });
    await waitUntil('the script is gone', () => !isAlive(pid));
    expect(isThere(at('cleaned'))).toBe(false);
  });

  it('cuts after_script short when the job is forced in it', async () => {
    const project = new ServedProject(serving());
    const at = place();
    const pipeline = await project.start(`
slow:
  script: ["true"]
  after_script: [echo $$ > "${at('pid')}", sleep 100, touch "${at('cleaned')}"]
`);
    const pid = await pidIn(at('pid'));
    // The runner does not wait with the cleanup until the server knows of it.
    const job = await waitUntil('the server knows of the cleanup', async () => {
      const shown = await project.job(pipeline, 'slow');
      return shown.phase === 'teardown' ? shown : null;
    });
    expect(job).toMatchObject({ status: 'running', teardown: { cause: 'succeeded' } });
    await project.cancelJob(job, '?force=true');
    await waitUntil('the cleanup is gone', () => !isAlive(pid));
    expect(await project.job(pipeline, 'slow')).toMatchObject({ status: 'canceled', cleanup: { outcome: 'skipped' } });
    expect(isThere(at('cleaned'))).toBe(false);
  });

  it('lets after_script end that had begun before the cancel, and ends the job as canceled', async () => {
    const project = new ServedProject(serving());
    const at = place();
    const pipeline = await project.start(`
slow:
  script: ["true"]
  after_script: [touch "${at('begun')}", 'until [ -e "${at('go')}" ]; do sleep 0.05; done', 'echo "after $CI_JOB_STATUS"']
`);
    await waitUntil('the cleanup has begun', () => isThere(at('begun')));
    await project.cancelPipeline(pipeline);
    expect((await project.job(pipeline, 'slow')).status).toBe('canceling');
    writeFileSync(at('go'), '');
    const job = await project.untilJob(pipeline, 'slow', 'canceled');
    expect(job.cleanup?.outcome).toBe('succeeded');
    expect(await project.trace(job)).toContain('\nafter success\n');
  });

  it("lets a cancelled job use its token until its cleanup is over, for its own project's files and for the API, and not after", async () => {
    const project = new ServedProject(serving());
    const at = place();
    const pipeline = await project.start(`
slow:
  script: [echo "$CI_JOB_TOKEN" > "${at('token')}", touch "${at('begun')}", sleep 100]
  after_script:
    - 'git ls-remote "$CI_REPOSITORY_URL" refs/heads/main > "${at('refs')}"'
    - 'curl -s -H "JOB-TOKEN: $CI_JOB_TOKEN" "$CI_API_V4_URL/job" > "${at('job')}"'
`);
    await waitUntil('the script has begun', () => isThere(at('begun')));
    await project.cancelPipeline(pipeline);
    const job = await project.untilJob(pipeline, 'slow', 'canceled');
    expect(job.cleanup?.outcome).toBe('succeeded');
    expect(readFileSync(at('refs'), 'utf8')).toBe(`${pipeline.sha}\trefs/heads/main\n`);
    expect(JSON.parse(readFileSync(at('job'), 'utf8'))).toMatchObject({ id: job.id, status: 'canceling' });
    const token = readFileSync(at('token'), 'utf8').trim();
    const url = `${serving().base.replace('://', `://gitlab-ci-token:${token}@`)}/${project.path}.git`;
    expect(() => project.git('ls-remote', url)).toThrow(/Authentication failed|could not read/);
    const late = await fetch(`${serving().base}/api/v4/job`, { headers: { 'job-token': token } });
    expect(late.status).toBeGreaterThanOrEqual(401);
  });
});
