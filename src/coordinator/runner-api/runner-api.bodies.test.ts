import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ServedAll, serveAll } from '../testing/serve-all.ts';
import { startPipeline } from '../testing/start-pipeline.ts';
import { type TakenJob, takeJob } from '../testing/take-job.ts';

let all: ServedAll;
let job: TakenJob;

beforeAll(async () => {
  all = await serveAll();
  await startPipeline(all.parts, all.project);
  job = await takeJob(all.parts);
});
afterAll(() => all.close());

const JSON_TYPE = 'application/json';
const FORM = 'application/x-www-form-urlencoded';
/** Content type and body of what says nothing. */
const NOTHING: readonly (readonly [string | null, string | null])[] = [
  [null, null],
  [JSON_TYPE, ''],
  [JSON_TYPE, 'null'],
  [JSON_TYPE, '{}'],
  [FORM, ''],
  ['text/plain', 'x'],
];
const NO_OBJECT: typeof NOTHING = [
  [JSON_TYPE, '[]'],
  [JSON_TYPE, '7'],
  [JSON_TYPE, '"x"'],
  [JSON_TYPE, '{"token":'],
  ['multipart/form-data', 'x'],
];

async function say(method: string, path: string, [type, body]: (typeof NOTHING)[number], token = {}): Promise<string> {
  const { statusCode, payload } = await all.app.inject({
    method: method as 'POST',
    url: `/api/v4/${path}`,
    headers: { ...token, ...(type === null ? {} : { 'content-type': type }) },
    ...(body === null ? {} : { payload: body }),
  });
  const { error, message } = payload.startsWith('{') ? JSON.parse(payload) : {};
  return `${statusCode} ${error ?? message ?? payload}`;
}

it.each([
  ['POST', 'runners'],
  ['POST', 'runners/verify'],
  ['POST', 'runners/reset_authentication_token'],
  ['POST', 'jobs/request'],
  ['DELETE', 'runners'],
  ['DELETE', 'runners/managers'],
])('%s %s: says that the token is missing', async (method, path) => {
  for (const body of NOTHING) expect([body, await say(method, path, body)]).toEqual([body, '400 token is missing']);
  for (const body of NO_OBJECT)
    expect([body, await say(method, path, body)]).toEqual([body, expect.stringMatching(/^400 ./)]);
});

it('lets a runner that shows its token in a header ask for a job without a word', async () => {
  const token = { 'runner-token': 'glrt-nobody' };
  for (const body of NOTHING) expect(await say('POST', 'jobs/request', body, token)).toMatch(/^403 ./);
});

it('answers what says nothing about a job with the reason', async () => {
  const path = `jobs/${job.jobId}`;
  const token = { 'job-token': job.token };
  for (const body of NOTHING) {
    expect(await say('PUT', path, body)).toBe('403 403 Forbidden');
    expect(await say('PUT', path, body, token)).toBe('400 400 Bad request - unknown state');
    expect(await say('PATCH', `${path}/trace`, body, token)).toBe('400 400 Bad request - Missing header Content-Range');
    expect(await say('POST', `${path}/artifacts`, body, token)).toMatch(/^400 (?:file is missing|body is not a form)$/);
    expect(await say('POST', `${path}/artifacts/authorize`, body)).toBe('403 403 Forbidden');
  }
  for (const body of NO_OBJECT) {
    expect([body, await say('PUT', path, body, token)]).toEqual([body, expect.stringMatching(/^400 ./)]);
  }
  const range = { ...token, 'content-range': '0-0' };
  expect(await say('PATCH', `${path}/trace`, [null, null], range)).toBe('202 0-0');
  expect(await say('PATCH', `${path}/trace`, ['text/plain', ''], range)).toBe('202 0-0');
  expect(all.parts.complaints).toEqual([]);
});
