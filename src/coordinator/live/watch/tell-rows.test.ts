import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { describeOnEachEngine } from '../../../../test/support/engines.ts';
import { restRoutes } from '../../rest/index.ts';
import { type OpenedRest, openRest } from '../../rest/testing/open-rest.ts';
import { makeProject, type TestProject } from '../../testing/make-project.ts';
import { startPipeline } from '../../testing/start-pipeline.ts';
import { takeJob } from '../../testing/take-job.ts';
import { liveRoutes } from '../index.ts';
import { type EventReader, readEvents } from '../testing/read-events.ts';

const FILE = `
build: {stage: build, script: make, after_script: clean, interruptible: graceful}
test: {stage: test, script: make test, allow_failure: true}
check: {stage: test, script: make check}
`;

describeOnEachEngine((engine) => {
  let rest: OpenedRest;
  let project: TestProject;
  let first: number;
  const opened: EventReader[] = [];

  beforeEach(async () => {
    rest = await openRest((parts, projects) => [...restRoutes(parts), ...liveRoutes(parts, projects)], engine);
    project = await makeProject(rest.parts, { files: { '.gitlab-ci.yml': FILE } });
    first = await startPipeline(rest.parts, project);
  });
  afterEach(async () => {
    for (const reader of opened.splice(0)) reader.close();
    expect(rest.parts.complaints).toEqual([]);
    await rest.close();
  });

  async function watch(filter = ''): Promise<EventReader> {
    const name = `pipelines:${project.id}${filter}`;
    const reader = await readEvents(`${rest.api}/events?watch[]=${encodeURIComponent(name)}`);
    opened.push(reader);
    return reader;
  }

  async function next(reader: EventReader) {
    const event = await reader.next();
    expect(event?.event).toBe('pipelines');
    return event?.data.data;
  }

  /** A list is read once a second. */
  async function passRest(): Promise<void> {
    await vi.waitFor(() => expect(rest.parts.clock.asleep()).toContain(1_000), { timeout: 20_000 });
    rest.parts.clock.pass(1_000);
  }

  it('tells the page, then what is new and what changed, and what has left the filter', async () => {
    const reader = await watch();
    const whole = await next(reader);
    expect(whole).toMatchObject({ order: [first], has_more: false });
    expect(whole.rows[0].stages).toEqual([
      { name: 'build', jobs: [{ status: 'pending', allow_failure: false, count: 1 }] },
      {
        name: 'test',
        jobs: expect.arrayContaining([
          { status: 'created', allow_failure: false, count: 1 },
          { status: 'created', allow_failure: true, count: 1 },
        ]),
      },
    ]);
    const pending = await watch('?status=pending');
    expect((await next(pending)).order).toEqual([first]);
    await takeJob(rest.parts);
    await passRest();
    const left = await next(pending);
    expect([left.order, left.rows]).toEqual([[], []]);
    const changed = await next(reader);
    expect(changed.rows).toMatchObject([{ id: first, status: 'running' }]);
    const second = await startPipeline(rest.parts, project);
    await passRest();
    const more = await next(reader);
    expect([more.order, more.rows.map(({ id }: { id: number }) => id)]).toEqual([[second, first], [second]]);
    expect((await next(await watch('?per_page=1&page=2'))).order).toEqual([first]);
    expect((await next(await watch('?per_page=1'))).has_more).toBe(true);
  });

  it('says of a teardown until when it may take at most, and how its cleanup ended', async () => {
    const job = await takeJob(rest.parts);
    await job.report({ type: 'script_started' });
    await rest.ask('POST', `/projects/${project.id}/jobs/${job.jobId}/cancel`);
    await job.report({ type: 'teardown_started', cause: 'canceled' });
    const reader = await watch();
    const { rows, now } = await next(reader);
    expect(rows[0]).toMatchObject({ cleaning_up: { jobs: 1 }, cleanups: { open: 1 } });
    expect(Date.parse(rows[0].cleaning_up.deadline)).toBeGreaterThan(Date.parse(now));
    const last = { result: 'failed', cause: 'canceled', failureReason: null, exitCode: null } as const;
    await job.report({ type: 'finished', ...last, cleanup: { outcome: 'failed', attempt: 1 } });
    await passRest();
    expect((await next(reader)).rows[0]).toMatchObject({ cleaning_up: null, cleanups: { open: 0, failed: 1 } });
  });

  it('counts what is below a pipeline, and wakes at it', async () => {
    const child = await startPipeline(rest.parts, project);
    const job = await takeJob(rest.parts);
    const [parent, below] = job.pipelineId === child ? [first, child] : [child, first];
    await rest.parts.store.write(({ query }) =>
      query.updateTable('pipelines').set({ parent_pipeline_id: parent }).where('id', '=', below).execute(),
    );
    const reader = await watch();
    expect((await next(reader)).rows).toMatchObject([{ id: parent, cleanups: { open: 0 }, cleaning_up: null }]);
    await job.report({ type: 'script_started' });
    await passRest();
    expect((await next(reader)).rows).toMatchObject([{ id: parent, cleanups: { open: 1 } }]);
  });

  it('expects what the last ones of the ref took, else those of the project', async () => {
    const reader = await watch();
    expect((await next(reader)).rows[0].expected_duration).toBeNull();
    const took = async (ref: string, durations: readonly number[]): Promise<void> => {
      for (const ms of durations) {
        const id = await startPipeline(rest.parts, project);
        const row = { ref, status: 'success', started_at: 1_000_000, finished_at: 1_000_000 + ms };
        await rest.parts.store.write(({ query }) =>
          query.updateTable('pipelines').set(row).where('id', '=', id).execute(),
        );
      }
    };
    await took('other', [7_000]);
    expect((await next(await watch('?status=pending'))).rows[0].expected_duration).toBe(7);
    await took('main', [10_000, 90_000, 20_000]);
    expect((await next(await watch('?status=pending'))).rows[0].expected_duration).toBe(20);
  });
});
