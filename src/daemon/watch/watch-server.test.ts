import { once } from 'node:events';
import { connect, Server } from 'node:net';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { payload } from '../../../test/support/jobs/payload.ts';
import { type Clock, realClock } from '../../base/index.ts';
import type { JobPorts } from '../../runner/index.ts';
import { GOOD_RESULT } from '../job/testing/good-result.ts';
import { watchPorts } from './job-figures.ts';
import { type EntryMetrics, RunnerMetrics } from './runner-metrics.ts';
import { startWatchServer, type WatchServer } from './watch-server.ts';

const NOW = 1_800_000_000_000;
const TOKEN = 'glrt-abcdefghijklmnopqrst';
const LABELS = 'runner="abcdefghi",runner_name="one",system_id="s_1"';

const SECRET = 'glcbt-secret';
/** With secrets in it, which nobody outside may see. */
const job = payload({
  id: 12,
  token: SECRET,
  job_info: { id: 12, name: 'a "b"', time_in_queue_seconds: 4 },
  git_info: { repo_url: `https://gitlab-ci-token:${SECRET}@example.com/group/app.git` },
  variables: [{ key: 'PASSWORD', value: SECRET, public: false, masked: true, file: false, raw: false }],
});

let nowMs: number;
let metrics: RunnerMetrics;
let entry: EntryMetrics;
let server: WatchServer;

beforeEach(async () => {
  nowMs = 0;
  const clock: Clock = { ...realClock, now: () => NOW + nowMs, monotonic: () => nowMs };
  metrics = new RunnerMetrics(clock);
  metrics.concurrent = 7;
  entry = metrics.entry({ key: 'a', name: 'one', token: TOKEN, systemId: 's_1', limit: 3, requestConcurrency: 2 });
  const address = { host: '127.0.0.1', port: 0 };
  server = await startWatchServer({ address, metrics, clock, version: '1.2.3' });
});
afterEach(() => server.close());

async function get(path: string, method = 'GET'): Promise<{ status: number; text: string; headers: Headers }> {
  const answer = await fetch(`${server.url}${path}`, { method });
  return { status: answer.status, text: await answer.text(), headers: answer.headers };
}

async function values(): Promise<Readonly<Record<string, number>>> {
  const { text } = await get('/metrics');
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const found = lines.map((line): [string, number] => [line.replace(/ \S+$/, ''), Number(/\S+$/.exec(line)?.[0])]);
  expect(new Set(found.map(([name]) => name)).size).toBe(found.length);
  return Object.fromEntries(found);
}

/** Ports that do nothing: what is looked at is noted before. */
const ports: JobPorts = {
  cacheDir: '/',
  askToStart: async () => 'accepted',
  getSources: async () => {},
  dependencyArchive: async () => null,
  keep: async (artifact) => artifact,
  phase: () => {},
  extended: () => {},
  cleaned: () => {},
  logGrew: () => {},
  trouble: () => {},
};

it("counts in GitLab's words what becomes of jobs, and in its own what becomes of cleanups", async () => {
  const good = entry.begin(job, 'taken');
  const bad = entry.begin(job, 'taken_up');
  expect(
    (await values())[`gitlab_runner_jobs{${LABELS},state="pending",stage="prepare_executor",executor_stage="prepare"}`],
  ).toBe(2);
  nowMs = 45_000;
  good.cleaned({ outcome: 'succeeded', durationMs: 2_000, attempt: 1 });
  good.end(GOOD_RESULT);
  good.end(GOOD_RESULT);
  bad.end({ ...GOOD_RESULT, status: 'failed', failureReason: 'script_failure' });
  entry.answered('request_job', 201);
  entry.answered('request_job', 204);
  entry.answered('request_job', 204);
  metrics.counting(() => {})('warn', 'odd');
  expect(await values()).toMatchObject({
    [`gitlab_runner_version_info{name="epilogue",version="1.2.3",os="${process.platform}",architecture="${process.arch}"}`]: 1,
    gitlab_runner_concurrent: 7,
    epilogue_runner_unusable_journals: 0,
    [`gitlab_runner_limit{${LABELS}}`]: 3,
    [`gitlab_runner_request_concurrency{${LABELS}}`]: 2,
    [`gitlab_runner_jobs_total{${LABELS}}`]: 1,
    [`epilogue_runner_jobs_taken_up_total{${LABELS}}`]: 1,
    [`gitlab_runner_failed_jobs_total{${LABELS},failure_reason="script_failure"}`]: 1,
    [`gitlab_runner_job_duration_seconds_bucket{${LABELS},le="30"}`]: 0,
    [`gitlab_runner_job_duration_seconds_bucket{${LABELS},le="60"}`]: 2,
    [`gitlab_runner_job_duration_seconds_sum{${LABELS}}`]: 90,
    [`gitlab_runner_job_queue_duration_seconds_sum{${LABELS}}`]: 4,
    [`gitlab_runner_job_queue_duration_seconds_count{${LABELS}}`]: 1,
    [`epilogue_runner_cleanups_total{${LABELS},outcome="succeeded"}`]: 1,
    [`epilogue_runner_cleanup_duration_seconds_sum{${LABELS}}`]: 2,
    [`gitlab_runner_api_request_statuses_total{${LABELS},endpoint="request_job",status="204"}`]: 2,
    'gitlab_runner_errors_total{level="warning"}': 1,
  });
  expect(Object.keys(await values()).filter((name) => name.startsWith('gitlab_runner_jobs{'))).toEqual([]);
});

it('lists a job in a line, as it goes through its stages, without its token', async () => {
  const seen = entry.begin(job, 'taken');
  seen.waitingBytes = () => 5;
  const watched = watchPorts(ports, seen);
  const line = async (): Promise<string> => (await get('/debug/jobs/list')).text;
  watched.phase({ phase: 'script', cause: null, deadline: null });
  watched.logGrew(20);
  nowMs = 1_500;
  expect(await line()).toBe(
    'url=https://example.com/group/app/-/jobs/12 state=running stage=step_script executor_stage=prepare duration=1.500s ' +
      'job=12 name="a \\"b\\"" project=group/app phase=script cause=- cleanup=- cleanup_ends_in=- log_bytes=20 log_waiting_bytes=5\n',
  );
  watched.phase({ phase: 'teardown', cause: 'canceled', deadline: NOW + 61_500 });
  expect(await line()).toMatch(
    /state=canceled stage=after_script executor_stage=finish .* cause=canceled cleanup=- cleanup_ends_in=60s/,
  );
  watched.cleaned({ outcome: 'failed', exitCode: 1, attempt: 1 });
  expect(await line()).toMatch(/stage=archive_cache .* cleanup=failed cleanup_ends_in=- /);
  seen.reports();
  expect(await line()).toMatch(/state=finished stage=report_result executor_stage=cleanup /);
  expect((await values())[`epilogue_runner_log_waiting_bytes{${LABELS}}`]).toBe(5);
  for (const path of ['/metrics', '/debug/jobs/list']) expect((await get(path)).text).not.toMatch(/secret|jklmnop/);
  seen.end(null);
  expect(await line()).toBe('');
});

it('is ready while jobs are taken, and some entry takes any', async () => {
  const ready = async (): Promise<string> => {
    const { status, text } = await get('/health/ready');
    return `${status} ${text}`;
  };
  expect(await ready()).toBe('503 starting\n');
  metrics.begin();
  expect(await ready()).toBe('200 ready\n');
  entry.quarantinedSince = NOW;
  expect(await ready()).toBe('503 quarantined\n');
  metrics.entry({ ...entry.facts, key: 'b', token: 'another' });
  expect(await ready()).toBe('200 ready\n');
  metrics.stop();
  expect(await ready()).toBe('503 stopping\n');
  expect((await get('/health/live')).status).toBe(200);
});

it('keeps the counters of an entry whose settings have changed, and forgets one that is gone once its jobs are', async () => {
  entry.begin(job, 'taken').end(GOOD_RESULT);
  const seen = entry.begin(job, 'taken');
  metrics.apply({ concurrent: 8, entries: [{ ...entry.facts, limit: 9 }] }, 's_1');
  const name = `gitlab_runner_jobs_total{${LABELS}}`;
  expect(await values()).toMatchObject({
    gitlab_runner_concurrent: 8,
    [name]: 2,
    [`gitlab_runner_limit{${LABELS}}`]: 9,
  });
  metrics.apply({ concurrent: 8, entries: [] }, 's_1');
  expect((await values())[name]).toBe(2);
  seen.end(null);
  metrics.apply({ concurrent: 8, entries: [] }, 's_1');
  expect((await values())[name]).toBeUndefined();
});

it('takes no orders and reads nothing: other methods, long heads and bodies are refused', async () => {
  expect((await get('/metrics', 'HEAD')).text).toBe('');
  expect((await get('/metrics', 'POST')).status).toBe(405);
  expect((await get('/nowhere')).status).toBe(404);
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  socket.write(`GET /metrics HTTP/1.1\r\nhost: x\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 431 /);
  socket.destroy();
});

it('names the address that it cannot have', async () => {
  const address = { host: '127.0.0.1', port: Number(new URL(server.url).port) };
  const again = startWatchServer({ address, metrics, clock: realClock, version: '1' });
  await expect(again).rejects.toMatchObject({ code: 'address_unusable' });
});

it('goes on, and so does the runner, where connections cannot be accepted', async () => {
  const listen = vi.spyOn(Server.prototype, 'listen');
  const other = await startWatchServer({
    ...{ address: { host: '127.0.0.1', port: 0 }, metrics, clock: realClock, version: '1.2.3' },
  });
  const running = listen.mock.contexts[0] as Server | undefined;
  listen.mockRestore();
  for (let times = 0; times < 3; times += 1) running?.emit('error', new Error('accept EMFILE'));
  expect((await fetch(`${other.url}/health/live`)).status).toBe(200);
  await other.close();
});
