import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { isThere } from '../serve/support/is-there.ts';
import { ServedProject } from '../serve/support/served-project.ts';
import { Serving } from '../serve/support/serving.ts';
import { waitUntil } from '../support/wait-until.ts';
import { LoadedRunner } from './load/loaded-runner.ts';

it('shows a job from its script through its cancelled end, and counts it and its cleanup', async () => {
  const serving = await Serving.start('SQLite', '--no-runner');
  let runner: LoadedRunner | null = null;
  try {
    runner = await LoadedRunner.start(serving, 2, '--listen-address', '127.0.0.1:0');
    const url = await waitUntil('it listens', () => /figures on (\S+)\/metrics/.exec(runner?.log ?? '')?.[1]);
    const get = async (path: string): Promise<string> =>
      await (await fetch(`${url}${path}`, { signal: AbortSignal.timeout(10_000) })).text();
    const [begun, cleans, go] = ['begun', 'cleans', 'go'].map((name) => join(serving.outside, name));
    const project = new ServedProject(serving);
    const pipeline = await project.start(
      `it: {script: ['touch ${begun}; while :; do sleep 0.05; done'], after_script: ['touch ${cleans}; while ! [ -e ${go} ]; do sleep 0.05; done']}\n`,
    );
    await waitUntil('the script runs', () => isThere(begun ?? ''));
    const { id } = await project.job(pipeline, 'it');
    expect(await get('/debug/jobs/list')).toMatch(
      new RegExp(
        `^url=${serving.base}/${project.path}/-/jobs/${id} state=running stage=step_script .* phase=script cause=- `,
      ),
    );
    await project.cancelJob({ id });
    await waitUntil('the cleanup runs', () => isThere(cleans ?? ''));
    const line = await get('/debug/jobs/list');
    expect(line).toMatch(/ state=canceled stage=after_script .* cause=canceled cleanup=- cleanup_ends_in=\d+s /);
    expect(await get('/metrics')).toMatch(/^gitlab_runner_jobs\{.*state="canceled",stage="after_script".*\} 1$/m);
    writeFileSync(go ?? '', '');
    await project.untilPipeline(pipeline, 'canceled');
    await waitUntil('it is gone', async () => (await get('/debug/jobs/list')) === '');
    const figures = await get('/metrics');
    for (const [name, labels] of [
      ['gitlab_runner_jobs_total', ''],
      ['gitlab_runner_failed_jobs_total', 'failure_reason="job_canceled"'],
      ['gitlab_runner_job_duration_seconds_count', ''],
      ['epilogue_runner_cleanups_total', 'outcome="succeeded"'],
      ['epilogue_runner_cleanup_duration_seconds_count', ''],
    ])
      expect(figures, name).toMatch(new RegExp(`^${name}\\{.*${labels}\\} 1$`, 'm'));
    expect(figures).toMatch(/^gitlab_runner_api_request_statuses_total\{.*endpoint="request_job",status="201"\} 1$/m);
    expect(figures).toMatch(/^gitlab_runner_api_request_statuses_total\{.*endpoint="update_job",status="200"\} \d+$/m);
  } finally {
    await runner?.stop();
    await serving.dispose();
  }
});
