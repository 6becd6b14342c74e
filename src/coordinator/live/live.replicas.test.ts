import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { whyNoPostgres } from '../../../test/support/engines.ts';
import { appendLog } from '../logs/index.ts';
import type { Parts } from '../parts.ts';
import { cancelJob } from '../pipelines/index.ts';
import { type OpenedRest, openRest } from '../rest/testing/open-rest.ts';
import { makeProject, type TestProject } from '../testing/make-project.ts';
import { startPipeline } from '../testing/start-pipeline.ts';
import { takeJob } from '../testing/take-job.ts';
import { liveRoutes } from './index.ts';
import { readEvents } from './testing/read-events.ts';

// On SQLite there is one process.
describe.skipIf(whyNoPostgres() !== null)('a watcher on another replica', () => {
  let rest: OpenedRest;
  let other: Parts;
  let project: TestProject;

  beforeEach(async () => {
    rest = await openRest(liveRoutes, 'PostgreSQL');
    other = await rest.parts.openReplica();
    const files = { '.gitlab-ci.yml': 'build: {script: make, after_script: clean}\n' };
    project = await makeProject(rest.parts, { files });
    await startPipeline(other, project);
  });
  afterEach(async () => {
    await rest.close();
  });

  // The clock stands still: nobody looks by himself.
  it('sees what is printed and what is cancelled there as soon as it is told', async () => {
    const job = await takeJob(other);
    const at = `${rest.api}/projects/${project.id}/jobs/${job.jobId}`;
    const log = await readEvents(`${at}/trace/events`);
    const watched = await readEvents(`${at}/events`);
    expect((await watched.next())?.data.status).toBe('running');
    const piece = { offset: 0, bytes: Buffer.from('hello\n'), leaseMs: 60_000, maxBytes: 1_000 };
    await appendLog(other, await job.attemptRecord(), piece);
    expect((await log.next())?.data.text).toBe('hello\n');
    await job.report({ type: 'script_started' });
    await watched.next();
    await cancelJob(other, job.jobId, { force: false, by: { id: null, name: 'ann' } });
    expect((await watched.next())?.data).toMatchObject({ status: 'canceling', teardown: { requested_by: 'ann' } });
    log.close();
    watched.close();
  });
});
