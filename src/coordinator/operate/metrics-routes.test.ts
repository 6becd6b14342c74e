import { afterEach, beforeEach, expect, it } from 'vitest';
import { putEffect } from '../../store/index.ts';
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

interface Read {
  readonly types: ReadonlyMap<string, string>;
  /** By name and labels, as they are written. */
  readonly values: ReadonlyMap<string, number>;
}

/** As Prometheus reads it: every sample belongs to a family that was announced, once. */
async function read(): Promise<Read> {
  const { text, headers } = await served.ask('GET', '/metrics', { as: 'nobody' });
  expect(headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
  const types = new Map<string, string>();
  const values = new Map<string, number>();
  let family = '';
  for (const line of text.trimEnd().split('\n')) {
    const [, name = '', type = ''] = /^# TYPE ([a-z_]+) (gauge|counter|histogram)$/.exec(line) ?? [];
    if (name !== '') {
      expect(types.has(name)).toBe(false);
      types.set(name, type);
      family = name;
    } else if (!line.startsWith('# HELP ')) {
      const [, sample = '', labels = '', value = ''] =
        /^([a-z_]+)((?:\{(?:[a-z_]+="(?:[^"\\\n]|\\[\\"n])*",?)+\})?) ([\d.e+-]+)$/.exec(line) ?? [];
      expect(types.get(family) === 'histogram' ? sample.replace(/_(bucket|sum|count)$/, '') : sample, line).toBe(
        family,
      );
      expect(values.has(sample + labels), line).toBe(false);
      values.set(sample + labels, Number(value));
    }
  }
  return { types, values };
}

it('tells anybody what waits, what runs and what is owed', async () => {
  const { parts, project } = served;
  await startPipeline(parts, project);
  expect((await read()).values.get('epilogue_queue_jobs')).toBe(1);
  const job = await takeJob(parts);
  await job.report({ type: 'script_started' });
  const { values, types } = await read();
  expect(types.get('epilogue_queue_jobs')).toBe('gauge');
  const shown = (name: string) => values.get(name);
  expect(shown('epilogue_queue_jobs')).toBe(0);
  expect(shown('epilogue_running_attempts')).toBe(1);
  expect(shown('epilogue_jobs{phase="script"}')).toBe(1);
  expect(shown('epilogue_jobs{phase="teardown"}')).toBe(0);
  expect(shown('epilogue_obligations{state="lost"}')).toBe(0);
  for (const name of ['process_resident_memory_bytes', 'nodejs_heap_size_used_bytes', 'process_open_fds'])
    expect(shown(name), name).toBeGreaterThan(0);
});

it('tells for how long an effect has been due', async () => {
  const { parts } = served;
  expect((await read()).values.get('epilogue_outbox_lag_seconds')).toBe(0);
  const about = { projectId: null, pipelineId: null, jobId: null, body: {} };
  await parts.store.write((tx) => putEffect(tx, { kind: 'odd', ...about, dueAt: tx.now() + 1_000 }));
  expect((await read()).values.get('epilogue_outbox_lag_seconds')).toBe(0);
  parts.clock.pass(61_000);
  expect((await read()).values.get('epilogue_outbox_lag_seconds')).toBe(60);
});

it('counts answers by route, method and status, and has few of these whatever is asked for', async () => {
  const project = `/api/v4/projects/${served.project.id}`;
  for (const path of [project, `${project}?simple=true`, '/api/v4/projects/999']) await served.ask('GET', path);
  for (let n = 0; n < 20; n += 1) await served.ask(n % 2 === 0 ? 'GET' : 'PURGE', `/nowhere/"${n}"`);
  const { values, types } = await read();
  const route = 'method="GET",route="/api/v4/projects/:id"';
  expect(types.get('epilogue_http_requests_total')).toBe('counter');
  expect(values.get(`epilogue_http_requests_total{${route},status="200"}`)).toBe(2);
  expect(values.get(`epilogue_http_requests_total{${route},status="404"}`)).toBe(1);
  const name = 'epilogue_http_request_duration_seconds';
  expect(types.get(name)).toBe('histogram');
  const buckets = [...values].filter(([key]) => key.startsWith(`${name}_bucket{${route},le=`));
  expect(buckets.map(([key]) => /le="([^"]+)"/.exec(key)?.[1]).at(-1)).toBe('+Inf');
  const counts = buckets.map(([, count]) => count);
  expect(counts).toEqual(counts.toSorted((a, b) => a - b));
  expect([counts.at(-1), values.get(`${name}_count{${route}}`)]).toEqual([3, 3]);
  expect(values.get(`${name}_sum{${route}}`)).toBeGreaterThan(0);
  expect([...values.keys()].filter((key) => key.includes('nowhere'))).toEqual([]);
  const others = [...values].filter(([key]) => key.startsWith('epilogue_http_requests_total{method="other"'));
  expect(others.reduce((sum, [, count]) => sum + count, 0)).toBe(20);
});
