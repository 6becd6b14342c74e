import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PROGRAM } from '../support/checkout.ts';
import { fromGate } from '../support/from-gate.ts';
import { waitUntil } from '../support/wait-until.ts';
import type { PayloadChanges } from './plain-server/payload.ts';
import type { JobHandle } from './plain-server/plain-job.ts';
import { type PlainServer, startPlainServer } from './plain-server/plain-server.ts';

const RUNNER_TOKEN = 'glrt-t1_abcdefghij';

let directory: string;
let server: PlainServer;
let runner: ChildProcess;
let said = '';

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'epilogue-settings-'));
  server = await startPlainServer({ token: RUNNER_TOKEN });
  const config = join(directory, 'config.toml');
  writeFileSync(
    config,
    `
concurrent = 4
check_interval = 1

[[runners]]
  name = "one"
  url = "${server.url}"
  token = "${RUNNER_TOKEN}"
  executor = "shell"
  shell = "sh"
  environment = ["REGION=here", "MIRROR=http://$REGION"]
  pre_build_script = "echo before all"
  post_build_script = "echo after all"
  debug_trace_disabled = true
  output_limit = 8
  [runners.feature_flags]
    FF_SCRIPT_SECTIONS = true
`,
    { mode: 0o600 },
  );
  runner = spawn(
    PROGRAM,
    ['runner', 'run', '--config', config, '--working-directory', join(directory, 'runner'), '--no-guard'],
    {
      env: { PATH: process.env.PATH, HOME: directory, ...fromGate() },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  runner.stderr?.on('data', (bytes: Buffer) => {
    said += bytes.toString();
  });
});

afterAll(async () => {
  if (runner.exitCode === null && runner.signalCode === null) {
    const ended = once(runner, 'exit');
    runner.kill('SIGKILL');
    await ended;
  }
  await server.close();
  rmSync(directory, { recursive: true, force: true });
});

async function run(changes: PayloadChanges): Promise<{ readonly job: JobHandle; readonly log: string }> {
  const job = server.enqueue(changes);
  await waitUntil(`job ${job.id} has ended: ${said}`, () => job.result !== null, 30_000);
  return { job, log: job.log().toString() };
}

/** As GitLab's page shows it. */
function undated(log: string): string {
  const lines = log.split(/(?<=\n)/);
  return lines.reduce((all, line) => (line[31] === '+' ? all.slice(0, -1) : all) + line.slice(32), '');
}

it("dates the lines for GitLab, and runs a job with the settings of the runner's owner", async () => {
  const script = [
    'echo $REGION $MIRROR',
    'echo bash is $BASH_VERSION.',
    `echo "runner ${RUNNER_TOKEN} job $CI_JOB_TOKEN"`,
    'if true\nthen echo long\nfi',
  ];
  const { job, log } = await run({ script, afterScript: ['echo cleaning'], variables: { REGION: 'there' } });
  expect(job.result?.state, log + said).toBe('success');
  for (const line of log.trimEnd().split('\n'))
    expect(line).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z 0[01]O[ +]/);
  const shown = undated(log);
  expect(shown).toContain('\nthere http://there\n');
  expect(shown).toContain('\nbash is .\n');
  expect(shown.match(/^(before all|after all|cleaning)$/gm)).toEqual(['before all', 'after all', 'cleaning']);
  expect(shown).toContain(':section_script_step_4[hide_duration=true,collapsed=true]\r');
  expect(shown).toContain('\u001b[0Klong\n');
  expect(log).not.toContain(RUNNER_TOKEN);
  expect(log).not.toContain(job.token);
});

it('leaves post_build_script out where the script has failed, and dates nothing that does not want it', async () => {
  const { job, log } = await run({ script: ['exit 3'], variables: { FF_TIMESTAMPS: 'false' } });
  expect(job.result).toMatchObject({ state: 'failed', exit_code: 3 });
  expect(log.match(/^(before all|after all)$/gm)).toEqual(['before all']);
});

it('cuts a log at output_limit, and still shows how the job ended; traces nothing', async () => {
  const { job, log } = await run({
    script: ['head -c 100000 /dev/zero | tr "\\\\0" x'],
    variables: { CI_DEBUG_TRACE: 'true' },
  });
  expect(job.result?.state).toBe('success');
  expect(log).toContain('more than the limit of 8 KiB');
  expect(log).toMatch(/Job succeeded/);
  expect(log).toContain('CI_DEBUG_TRACE has no effect');
  expect(saidOf(job)).toEqual(['false']);
});

it('says of a log that it shows more than its scripts mean to', async () => {
  const { job } = await run({ variables: { CI_DEBUG_SERVICES: 'true' } });
  expect(saidOf(job)).toEqual(['true']);
});

/** `debug_trace`, as it was said with pieces of a job's log. */
function saidOf({ id }: JobHandle): readonly (string | null)[] {
  const pieces = server.requests.filter(({ method, job }) => method === 'PATCH' && job === id);
  return [...new Set(pieces.map(({ path }) => new URLSearchParams(path.split('?')[1]).get('debug_trace')))];
}

const archive = (path: string, expire_in?: string) => ({
  ...{ name: path, paths: [path], artifact_type: 'archive', artifact_format: 'zip', when: 'always', expire_in },
});

it('keeps each artifact as long as it is wanted itself, also beside others of its type', async () => {
  const artifacts = [archive('none'), archive('a', '1 day'), archive('b', '2 weeks'), archive('c')];
  const { job } = await run({ script: ['touch a b c'], payload: { artifacts } });
  expect(job.artifacts.map(({ filename, expireIn }) => [filename, expireIn])).toEqual([
    ['a.zip', '1 day'],
    ['b.zip', '2 weeks'],
    ['c.zip', null],
  ]);
});

it('fails a job whose artifact the server refuses as GitLab’s runner does, and hands over the others', async () => {
  server.plan({ method: 'POST', path: /artifacts/ }, { status: 413, body: { message: 'too large' } });
  const { job, log } = await run({ script: ['touch a b'], payload: { artifacts: [archive('a'), archive('b')] } });
  expect(job.result).toMatchObject({ state: 'failed', failure_reason: 'script_failure' });
  expect(job.result?.exit_code).toBeUndefined();
  expect(log).toMatch(/Job failed: .*answers 413/);
  expect(job.artifacts.map(({ filename }) => filename)).toEqual(['b.zip']);
});

it('runs the cleanup of a job whose log GitLab takes no more of, as it has failed for that', async () => {
  const cleaned = join(directory, 'cleaned');
  const job = server.enqueue({
    script: ['echo begun; while :; do echo more; sleep 0.5; done'],
    afterScript: [`echo "$CI_JOB_STATUS $EPILOGUE_TEARDOWN_CAUSE" > ${cleaned}`],
    variables: { FF_TIMESTAMPS: 'false' },
  });
  const isMore = { method: 'PATCH', job: job.id, when: () => /^begun$/m.test(job.log().toString()) } as const;
  server.plan(isMore, { status: 403, body: { message: '403 Forbidden' } }, 100);
  server.plan(
    { method: 'PUT', job: job.id, when: isMore.when },
    { status: 403, headers: { 'Job-Status': 'failed' } },
    100,
  );
  const wordsOfCleanup = (): string => (existsSync(cleaned) ? readFileSync(cleaned, 'utf8') : '');
  await waitUntil('the cleanup has run', () => wordsOfCleanup().endsWith('\n'), 45_000);
  expect(wordsOfCleanup()).toBe('failed runner_lost\n');
  expect(said).toContain(`job ${job.id}: the server wants no more of it`);
});

it.each([
  ['secrets', { secrets: { DB: { vault: {} } } }, 'secrets from outside stores (secrets: DB)'],
  ['steps of run', { run: '[{"name": "a"}]', steps: [] }, 'does not know steps (run)'],
])('fails a job that wants %s with a reason, and goes on with others', async (_, payload, why) => {
  const { job, log } = await run({ payload });
  expect(job.result).toMatchObject({ state: 'failed', failure_reason: 'runner_system_failure' });
  expect(log).toContain(why);
  expect((await run({ payload: { artifacts: null, hooks: null, secrets: null } })).job.result?.state, said).toBe(
    'success',
  );
});
