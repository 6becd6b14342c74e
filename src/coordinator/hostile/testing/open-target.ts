import type { FastifyBaseLogger } from 'fastify';
import type { Engine } from '../../../../test/support/engines.ts';
import { makeZip } from '../../../../test/support/zips.ts';
import { putMember } from '../../../store/index.ts';
import { accessLevel, ROLES } from '../../access/index.ts';
import { makeProject, type TestProject } from '../../testing/make-project.ts';
import { type ServedAll, serveAll, type Who } from '../../testing/serve-all.ts';
import { startPipeline } from '../../testing/start-pipeline.ts';
import { setPassword } from '../../users/index.ts';
import { type Came, send } from './send.ts';

/** A server with something of each kind in it, and every credential that there is: what an attacker would find. */
export interface Target extends ServedAll {
  readonly port: number;
  /** Another private project, of which none of the members of the first is one. */
  readonly other: TestProject;
  readonly pipeline: number;
  /** `running` has a log and artifacts, and its runner holds it. `ended` was run to its end. `waiting` is a manual job. `foreign` runs in the other project. */
  readonly jobs: Readonly<Record<'running' | 'ended' | 'waiting' | 'foreign', TargetJob>>;
  readonly runner: { readonly id: number; readonly token: string };
  readonly trigger: { readonly id: number; readonly token: string };
  readonly password: string;
}

export interface TargetJob {
  readonly id: number;
  /** '': it never had one. */
  readonly token: string;
}

const FILE = [
  'build: {script: make, after_script: clean, artifacts: {paths: [out]}}',
  'end: {script: x}',
  'ship: {script: x, when: manual, resource_group: production}',
  'child: {trigger: {include: c.yml}}',
  '',
].join('\n');

const FEATURES = {
  cancel_gracefully: true,
  trace_reset: true,
  upload_multiple_artifacts: true,
  artifacts_exclude: true,
};
const JSON_BODY = { 'content-type': 'application/json' };
const HTML = '<script>alert(1)</script>';
export const PASSWORD = 'correct horse battery';

export interface TargetOptions {
  readonly engine?: Engine;
  readonly log?: FastifyBaseLogger;
}

export async function openTarget(options: TargetOptions = {}): Promise<Target> {
  const all = await serveAll(options);
  const address = await all.app.listen({ port: 0, host: '127.0.0.1' });
  const project = await makeProject(all.parts, {
    path: 'target',
    files: { '.gitlab-ci.yml': FILE, 'c.yml': 'c: {script: x}\n', 'a/b.txt': 'hi\n' },
  });
  const other = await makeProject(all.parts, { path: 'other', files: { '.gitlab-ci.yml': 'foreign: {script: x}\n' } });
  await join(all, project.id);
  await setPassword(all.parts, { username: 'owner', password: PASSWORD });
  const runner = await made(all, '/user/runners', { runner_type: 'instance_type', tag_list: [] });
  const pipeline = await startPipeline(all.parts, project);
  await startPipeline(all.parts, other);
  const port = Number(new URL(address).port);
  const taken = await takeAll(port, runner.token);
  const jobs = {
    running: taken.get('build') ?? missing('build'),
    ended: taken.get('end') ?? missing('end'),
    foreign: taken.get('foreign') ?? missing('foreign'),
    waiting: { id: await findJob(all, project.id, pipeline), token: '' },
  };
  await work(port, jobs);
  const p = `/projects/${project.id}`;
  const trigger = await made(all, `${p}/triggers`, { description: 'nightly' }, 'owner');
  await made(all, `${p}/variables`, { key: 'KEY', value: 'a value', masked: false });
  await made(all, '/admin/ci/variables', { key: 'KEY', value: 'a value' });
  return {
    ...all,
    port,
    project,
    other,
    pipeline,
    jobs,
    runner,
    trigger,
    password: PASSWORD,
  };
}

/** All jobs that a runner gets now, by name. */
async function takeAll(port: number, token: string): Promise<ReadonlyMap<string, TargetJob>> {
  const found = new Map<string, TargetJob>();
  const info = { name: 'gitlab-runner', executor: 'shell', features: FEATURES };
  const body = JSON.stringify({ token, system_id: 's_1', info });
  for (;;) {
    const { status, json } = await send(port, {
      method: 'POST',
      path: '/api/v4/jobs/request',
      headers: JSON_BODY,
      body,
    });
    if (status !== 201) return found;
    found.set(json.job_info.name, { id: json.id, token: json.token });
  }
}

async function work(port: number, { running, ended }: Target['jobs']): Promise<void> {
  const log = await send(port, {
    method: 'PATCH',
    path: `/api/v4/jobs/${running.id}/trace`,
    headers: { 'job-token': running.token, 'content-range': '0-4' },
    body: 'hello',
  });
  if (log.status !== 202) throw new Error(`no log: ${log.text}`);
  const sent = await sendArtifacts(port, running, await makeZip([{ path: 'out/page.html', content: HTML }]));
  if (sent.status !== 201) throw new Error(`no artifacts: ${sent.text}`);
  const path = `/api/v4/jobs/${ended.id}`;
  const body = JSON.stringify({ token: ended.token, state: 'success' });
  const done = await send(port, { method: 'PUT', path, headers: JSON_BODY, body });
  if (done.status !== 200) throw new Error(`the job did not end: ${done.text}`);
}

/** Sends a zip as the artifacts of a job. */
export async function sendArtifacts(
  port: number,
  { id, token }: TargetJob,
  zip: Uint8Array,
  query = '',
): Promise<Came> {
  return await send(port, {
    method: 'POST',
    path: `/api/v4/jobs/${id}/artifacts?artifact_type=archive&artifact_format=zip${query}`,
    headers: { 'job-token': token, 'content-type': 'multipart/form-data; boundary=x' },
    body: Buffer.concat([
      Buffer.from('--x\r\ncontent-disposition: form-data; name="file"; filename="a.zip"\r\n\r\n'),
      zip,
      Buffer.from('\r\n--x--\r\n'),
    ]),
  });
}

async function findJob({ ask }: ServedAll, projectId: number, pipeline: number): Promise<number> {
  const { json } = await ask('GET', `/api/v4/projects/${projectId}/pipelines/${pipeline}/jobs`);
  return json.find((job: { name: string }) => job.name === 'ship').id;
}

async function join({ parts, userIds }: ServedAll, projectId: number): Promise<void> {
  await parts.store.write(async (tx) => {
    for (const role of ROLES) {
      const userId = userIds.get(role) ?? 0;
      await putMember(tx, { source: 'project', sourceId: projectId, userId, role: accessLevel(role), expiresAt: null });
    }
  });
}

/** What is made at a path below `/api/v4`. */
export async function made(
  { ask }: Pick<ServedAll, 'ask'>,
  path: string,
  body: unknown,
  as: Who = 'administrator',
  // biome-ignore lint/suspicious/noExplicitAny: what was answered
): Promise<any> {
  const { status, json, text } = await ask('POST', `/api/v4${path}`, { as, body });
  if (status !== 201) throw new Error(`${path}: ${status} ${text}`);
  return json;
}

function missing(what: string): never {
  throw new Error(`there is no job ${what}`);
}
