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
let pipelineId: number;
const opened: EventReader[] = [];

const FILE = 'build: {script: make, after_script: clean, interruptible: graceful}\n';

beforeEach(async () => {
  rest = await openRest((parts, projects) => [...restRoutes(parts), ...liveRoutes(parts, projects)]);
  project = await makeProject(rest.parts, { files: { '.gitlab-ci.yml': FILE } });
  pipelineId = await startPipeline(rest.parts, project);
});
afterEach(async () => {
  for (const reader of opened.splice(0)) reader.close();
  expect(rest.parts.complaints).toEqual([]);
  await rest.close();
});

async function watch(...watches: readonly string[]): Promise<EventReader> {
  const reader = await readEvents(addressOf(watches));
  opened.push(reader);
  return reader;
}

function addressOf(watches: readonly string[]): string {
  return `${rest.api}/events?${watches.map((each) => `watch[]=${encodeURIComponent(each)}`).join('&')}`;
}

it('tells several things over one connection, each by the name that it was asked for with', async () => {
  const job = await takeJob(rest.parts);
  const reader = await watch(`pipeline:${pipelineId}`, `job:${job.jobId}`);
  const first = [await reader.next(), await reader.next(), await reader.next()];
  expect(first.map((each) => [each?.event, each?.data.watch]).sort()).toEqual([
    ['job', `job:${job.jobId}`],
    ['jobs', `pipeline:${pipelineId}`],
    ['pipeline', `pipeline:${pipelineId}`],
  ]);
  await job.report({ type: 'script_started' });
  await rest.ask('POST', `/projects/${project.id}/jobs/${job.jobId}/cancel`);
  const last = { result: 'failed', cause: 'canceled', failureReason: null, exitCode: null } as const;
  await job.report({ type: 'finished', ...last, cleanup: { outcome: 'succeeded', attempt: 1 } });
  const end = (await reader.until('end')).at(-1);
  expect(end?.data).toEqual({ watch: `job:${job.jobId}`, data: { status: 'canceled' } });
  // The pipeline is still watched: it may be retried.
  await rest.ask('POST', `/projects/${project.id}/pipelines/${pipelineId}/retry`);
  for (;;) {
    const event = await reader.next();
    if (event?.event === 'pipeline' && event.data.data.status === 'pending') break;
  }
});

it('ends when nothing that is watched will change any more, and asks nobody to come back', async () => {
  const job = await takeJob(rest.parts);
  await job.finish();
  const reader = await watch(`job:${job.jobId}`);
  await reader.until('end');
  expect(await reader.next()).toBeNull();
  expect(reader.asides).toEqual([]);
});

it('says which watches are refused, and refuses the request where that is all of them', async () => {
  const other = await makeProject(rest.parts, { files: { '.gitlab-ci.yml': FILE }, path: 'other' });
  await rest.parts.store.write(({ query }) =>
    query.updateTable('projects').set({ visibility: 'public' }).where('id', '=', other.id).execute(),
  );
  const visible = await startPipeline(rest.parts, other);
  const names = [`pipeline:${visible}`, `pipeline:${pipelineId}`, 'pipeline:99999', 'job:99999'];
  const reader = await readEvents(addressOf(names), { 'private-token': '' });
  opened.push(reader);
  const events = await reader.until('jobs');
  expect(events.filter(({ event }) => event === 'refused').map(({ data }) => data)).toEqual([
    { watch: `pipeline:${pipelineId}`, data: { status: 404 } },
    { watch: 'pipeline:99999', data: { status: 404 } },
    { watch: 'job:99999', data: { status: 404 } },
  ]);
  const [mine = '', none = ''] = names.slice(1);
  expect((await fetch(addressOf([mine, none]))).status).toBe(404);
});

it('refuses what is nothing to watch', async () => {
  const wrong = [
    '',
    'pipeline',
    'pipeline:',
    'pipeline:0',
    'pipeline:-1',
    'pipeline:1e3',
    'job:99999999999999999',
    'x:1',
    'pipelines:1?page=x',
    'pipelines:?ref=a',
    'pipelines:1?status=green',
  ];
  for (const name of wrong) {
    const answer = await fetch(addressOf([`pipeline:${pipelineId}`, name]), { headers: { 'private-token': 'guest' } });
    expect([name, answer.status]).toEqual([name, 400]);
  }
  const many = Array.from({ length: 33 }, (_, at) => `pipeline:${at + 1}`);
  for (const names of [[], many]) {
    expect((await fetch(addressOf(names), { headers: { 'private-token': 'guest' } })).status).toBe(400);
  }
});

it('beats while there is nothing to tell, and sends everybody away after a while, to be asked anew', async () => {
  const reader = await watch(`pipeline:${pipelineId}`);
  await reader.until('jobs');
  const pass = async (ms: number): Promise<void> => {
    await vi.waitFor(() => expect(rest.parts.clock.asleep().filter((each) => each === 10_000)).toHaveLength(2), {
      timeout: 20_000,
    });
    rest.parts.clock.pass(ms);
  };
  await pass(10_000);
  await pass(900_000);
  expect(await reader.next()).toBeNull();
  expect(reader.asides).toHaveLength(3);
  expect(reader.asides.at(-1)).toContain('retry');
});

it('has in the reference what each of its events says', async () => {
  const { json } = await rest.askPath('GET', '/api/openapi.json');
  const { schema } = json.paths['/api/v4/events'].get.responses['200'].content['text/event-stream'];
  const names = schema.anyOf.map(
    ({ properties }: { properties: { event: { enum: string[] } } }) => properties.event.enum[0],
  );
  expect(names).toEqual(['pipeline', 'jobs', 'end', 'job', 'log', 'pipelines', 'obligations', 'refused']);
  const { text } = await rest.askPath('GET', '/api/reference');
  expect(text).toContain('<p>Event <code>refused</code></p><table><tr><td><code>watch</code></td>');
});
