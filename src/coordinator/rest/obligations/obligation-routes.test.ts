import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeOnEachEngine } from '../../../../test/support/engines.ts';
import type { Cleanup } from '../../../protocol/index.ts';
import { makeProject, type TestProject } from '../../testing/make-project.ts';
import { startPipeline } from '../../testing/start-pipeline.ts';
import { takeJob } from '../../testing/take-job.ts';
import { restRoutes } from '../index.ts';
import { type OpenedRest, openRest } from '../testing/open-rest.ts';

describeOnEachEngine((engine) => {
  let rest: OpenedRest;
  let project: TestProject;

  beforeEach(async () => {
    rest = await openRest(restRoutes, engine);
    project = await makeProject(rest.parts, {
      files: { '.gitlab-ci.yml': 'a: {script: make, after_script: clean}\n' },
    });
  });
  afterEach(async () => {
    expect(rest.parts.complaints).toEqual([]);
    await rest.close();
  });

  /** A job whose cleanup ended so; null: has not ended. */
  async function owe(cleanup: Cleanup | null): Promise<number> {
    await startPipeline(rest.parts, project);
    const job = await takeJob(rest.parts);
    await job.report({ type: 'script_started' });
    const last = { result: 'success', cause: 'succeeded', failureReason: null, exitCode: null } as const;
    if (cleanup !== null) await job.report({ type: 'finished', ...last, cleanup });
    return job.jobId;
  }
  const found = async (path: string): Promise<readonly number[]> =>
    (await rest.ask('GET', path, { as: 'administrator' })).json.map((each: { job_id: number }) => each.job_id);

  it('says in numbers what is owed, what did not end well and has not been settled, and how many were met', async () => {
    await owe({ outcome: 'succeeded', attempt: 1 });
    await owe({ outcome: 'succeeded', attempt: 1 });
    const failed = await owe({ outcome: 'failed', exitCode: 2, attempt: 1 });
    await owe({ outcome: 'timed_out', attempt: 1 });
    await owe(null);
    const { json } = await rest.ask('GET', `/projects/${project.id}/obligations/sums`, { as: 'reporter' });
    const sums = { open: 1, failed: 1, timed_out: 1, skipped: 0, lost: 0, days: 30, ended: 4, met: 2 };
    expect(json).toEqual(sums);
    await rest.ask('POST', `/projects/${project.id}/obligations/${failed}/settle`, { body: { reason: 'by hand' } });
    rest.parts.clock.pass(31 * 86_400_000);
    const all = await rest.ask('GET', '/obligations/sums', { as: 'administrator' });
    expect(all.json).toEqual({ ...sums, failed: 0, ended: 0, met: 0 });
  });

  it('lists what is owed and what did not end well, of one project and of all', async () => {
    await owe({ outcome: 'succeeded', attempt: 1 });
    const failed = await owe({ outcome: 'failed', exitCode: 2, attempt: 1 });
    const late = await owe({ outcome: 'timed_out', attempt: 1 });
    const open = await owe(null);
    const own = `/projects/${project.id}/obligations`;
    expect(await found(own)).toEqual([open, late, failed]);
    expect(await found('/obligations')).toEqual([open, late, failed]);
    expect(await found(`${own}?state[]=failed&state[]=open`)).toEqual([open, failed]);
    const { json } = await rest.ask('GET', `${own}?state=failed`, { as: 'reporter' });
    expect(json).toMatchObject([
      {
        job_name: 'a',
        project_path: 'group/shop',
        ref: 'main',
        status: 'success',
        state: 'failed',
        teardown: { cause: 'succeeded' },
        cleanup: { outcome: 'failed', exit_code: 2 },
        settled: null,
      },
    ]);
    const first = await rest.ask('GET', `${own}?per_page=2`);
    const next = /<http:\/\/ci\.example\/api\/v4([^>]+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
    expect(await found(next)).toEqual([failed]);
    expect((await rest.ask('GET', '/obligations', { as: 'owner' })).status).toBe(403);
    expect((await rest.ask('GET', own, { as: 'guest' })).status).toBe(403);
  });

  it('lets a maintainer settle one, on record, and none that may still be met', async () => {
    const failed = await owe({ outcome: 'failed', attempt: 1 });
    const open = await owe(null);
    const fine = await owe({ outcome: 'succeeded', attempt: 1 });
    const settle = (id: number, as: 'developer' | 'maintainer' | 'owner', reason = 'removed by hand') =>
      rest.ask('POST', `/projects/${project.id}/obligations/${id}/settle`, { as, body: { reason } });
    expect((await settle(failed, 'developer')).status).toBe(403);
    expect((await settle(open, 'maintainer')).status).toBe(409);
    expect((await settle(fine, 'maintainer')).status).toBe(404);
    const { status, json } = await settle(failed, 'maintainer');
    expect([status, json.settled]).toEqual([
      201,
      { by: 'maintainer', at: '2026-01-02T03:04:05.000Z', reason: 'removed by hand' },
    ]);
    expect((await settle(failed, 'owner', 'again')).json.settled.by).toBe('maintainer');
    expect(await found(`/projects/${project.id}/obligations`)).toEqual([open]);
    expect(await found(`/projects/${project.id}/obligations?settled=true`)).toEqual([open, failed]);
  });
});
