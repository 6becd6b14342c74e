import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeProject } from '../../testing/make-project.ts';
import { startPipeline } from '../../testing/start-pipeline.ts';
import { takeJob } from '../../testing/take-job.ts';
import { restRoutes } from '../index.ts';
import { type OpenedRest, openRest } from '../testing/open-rest.ts';

let rest: OpenedRest;

beforeEach(async () => {
  rest = await openRest(restRoutes);
});
afterEach(async () => {
  await rest.close();
});

const outside = async (path: string): Promise<Response> => await fetch(new URL(path, rest.api));

it('says which version it is, also to whoever has not signed in', async () => {
  const version = { version: '0.0.0-test', revision: 'epilogue' };
  expect((await rest.ask('GET', '/version', { as: 'nobody' })).json).toEqual(version);
  expect((await rest.ask('GET', '/metadata')).json).toMatchObject({ ...version, enterprise: false });
});

interface Described {
  readonly responses: object;
  readonly parameters: readonly { readonly name: string }[];
  readonly requestBody?: { readonly required: boolean; readonly content: Readonly<Record<string, unknown>> };
}

it('describes all of its routes, with what each takes and answers', async () => {
  const document = (await (await outside('/api/openapi.json')).json()) as {
    openapi: string;
    paths: Record<string, Record<string, Described>>;
  };
  expect(document.openapi).toBe('3.1.0');
  const described = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
  );
  const routes = restRoutes(rest.parts).filter(({ hidden }) => hidden !== true);
  expect(described.sort()).toEqual(routes.map(({ method, path }) => `${method.toLowerCase()} ${path}`).sort());
  const list = document.paths['/api/v4/projects/{id}/pipelines']?.get;
  expect(list?.parameters.map(({ name }) => name)).toEqual(expect.arrayContaining(['id', 'status', 'per_page']));
  expect(JSON.stringify(list?.responses)).toContain('"web_url"');
  const kinds = ['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data'];
  const bodyOf = (path: string) => document.paths[path]?.post?.requestBody;
  const cancel = bodyOf('/api/v4/projects/{id}/jobs/{job_id}/cancel');
  expect([cancel?.required, Object.keys(cancel?.content ?? {})]).toEqual([false, kinds]);
  expect(bodyOf('/api/v4/projects/{id}/obligations/{job_id}/settle')?.required).toBe(true);
});

it('shows the same as a page that asks nothing of anybody else, and runs nothing', async () => {
  const answer = await outside('/api/reference');
  const page = await answer.text();
  expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(page).toContain('/api/v4/projects/{id}/jobs/{job_id}/cancel');
  expect(page).toContain('teardown.requested_by');
  expect(page).not.toMatch(/<script|style=|https?:\/\//);
  expect(await (await outside('/')).text()).toBe(page);
  expect((await outside('/api/reference.css')).headers.get('content-type')).toBe('text/css; charset=utf-8');
});

it('tells a job which one it is, while its token is good', async () => {
  const project = await makeProject(rest.parts, { files: { '.gitlab-ci.yml': 'a: {script: make}\n' } });
  await startPipeline(rest.parts, project);
  const job = await takeJob(rest.parts);
  const asked = () => rest.ask('GET', '/job', { as: 'nobody', headers: { 'job-token': job.token } });
  expect((await asked()).json).toMatchObject({ id: job.jobId, name: 'a', status: 'running' });
  expect((await rest.ask('GET', '/job', { as: 'nobody' })).status).toBe(401);
  await job.finish();
  expect((await asked()).status).toBe(404);
});
