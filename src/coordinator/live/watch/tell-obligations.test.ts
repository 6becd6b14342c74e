import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { restRoutes } from '../../rest/index.ts';
import { type OpenedRest, openRest } from '../../rest/testing/open-rest.ts';
import { makeProject, type TestProject } from '../../testing/make-project.ts';
import { startPipeline } from '../../testing/start-pipeline.ts';
import { takeJob } from '../../testing/take-job.ts';
import { liveRoutes } from '../index.ts';
import { type EventReader, readEvents } from '../testing/read-events.ts';

let rest: OpenedRest;
let project: TestProject;
const opened: EventReader[] = [];

beforeEach(async () => {
  rest = await openRest((parts, projects) => [...restRoutes(parts), ...liveRoutes(parts, projects)]);
  const files = { '.gitlab-ci.yml': 'build: {script: make, after_script: clean}\n' };
  project = await makeProject(rest.parts, { files });
  await startPipeline(rest.parts, project);
});
afterEach(async () => {
  for (const reader of opened.splice(0)) reader.close();
  expect(rest.parts.complaints).toEqual([]);
  await rest.close();
});

it('tells what is owed by a project, or by all to who may know, and how it ended, until somebody settles it', async () => {
  const job = await takeJob(rest.parts);
  const readers: EventReader[] = [];
  for (const [name, as] of [
    [`obligations:${project.id}`, 'reporter'],
    ['obligations', 'administrator'],
  ] as const) {
    readers.push(await readEvents(`${rest.api}/events?watch[]=${name}`, { 'private-token': as }));
  }
  opened.push(...readers);
  const next = async () => {
    const told = [];
    for (const reader of readers) {
      const event = await reader.next();
      told.push(event?.data.data);
    }
    expect(told[0]).toEqual(told[1]);
    return told[0];
  };
  const passRest = async (): Promise<void> => {
    await vi.waitFor(() => expect(rest.parts.clock.asleep().filter((ms) => ms === 1_000)).toHaveLength(2), {
      timeout: 20_000,
    });
    rest.parts.clock.pass(1_000);
  };
  expect(await next()).toMatchObject({ open: [], sums: { open: 0, ended: 0 } });
  await job.report({ type: 'script_started' });
  await passRest();
  expect(await next()).toMatchObject({ open: [{ job_id: job.jobId, project_path: 'group/shop' }], sums: { open: 1 } });
  const last = { result: 'success', cause: 'succeeded', failureReason: null, exitCode: null } as const;
  await job.report({ type: 'finished', ...last, cleanup: { outcome: 'failed', attempt: 1 } });
  await passRest();
  expect(await next()).toMatchObject({ open: [], sums: { open: 0, failed: 1, ended: 1, met: 0 } });
  await rest.ask('POST', `/projects/${project.id}/obligations/${job.jobId}/settle`, { body: { reason: 'by hand' } });
  await passRest();
  expect(await next()).toMatchObject({ sums: { failed: 0, ended: 1 } });
});

it('tells nobody else', async () => {
  for (const [name, as, status] of [
    [`obligations:${project.id}`, 'guest', 403],
    ['obligations', 'owner', 403],
    ['obligations:999', 'administrator', 404],
  ] as const) {
    const answer = await fetch(`${rest.api}/events?watch[]=${name}`, { headers: { 'private-token': as } });
    expect([name, answer.status]).toEqual([name, status]);
  }
});
