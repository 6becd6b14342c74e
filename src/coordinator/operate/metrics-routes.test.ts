import { afterEach, beforeEach, expect, it } from 'vitest';
import { type ServedAll, serveAll } from '../testing/serve-all.ts';
import { startPipeline } from '../testing/start-pipeline.ts';
import { takeJob } from '../testing/take-job.ts';

let served: ServedAll;

beforeEach(async () => {
  served = await serveAll();
});
afterEach(async () => {
  await served.close();
});

it('tells anybody what waits, what runs and what is owed', async () => {
  const { parts, project } = served;
  await startPipeline(parts, project);
  const before = (await served.ask('GET', '/metrics', { as: 'nobody' })).text;
  expect(before).toContain('# TYPE epilogue_queue_jobs gauge\nepilogue_queue_jobs 1\n');
  const job = await takeJob(parts);
  await job.report({ type: 'script_started' });
  const { text, headers } = await served.ask('GET', '/metrics', { as: 'nobody' });
  expect(headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
  expect(text).toContain('\nepilogue_queue_jobs 0\n');
  expect(text).toContain('\nepilogue_running_attempts 1\n');
  expect(text).toContain('\nepilogue_obligations{state="lost"} 0\n');
  expect(text).toMatch(/\nprocess_resident_memory_bytes [1-9]\d+\n/);
});
