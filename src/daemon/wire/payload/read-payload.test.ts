import { expect, it } from 'vitest';
import { readPayload } from './read-payload.ts';

const BARE = { id: 5, token: 't', job_info: { name: 'build' }, git_info: { repo_url: 'http://x/y.git' } };

it('fills in what a server leaves out or says is null, and keeps what it does not know', () => {
  const reading = readPayload(
    JSON.stringify({
      ...BARE,
      image: { name: '' },
      hooks: null,
      credentials: [{ type: 'registry', url: 'r.example.com', username: 'u', password: 'p' }],
      new_thing: 1,
      steps: [{ name: 'script', script: ['a'], when: 'ever' }],
    }),
  );
  expect(reading).toMatchObject({
    kind: 'payload',
    payload: {
      id: 5,
      new_thing: 1,
      image: null,
      artifacts: null,
      hooks: [],
      services: [],
      credentials: [{ type: 'registry', url: 'r.example.com', username: 'u', password: 'p' }],
      variables: [],
      runner_info: { timeout: 7_200 },
      features: { trace_sections: false, failure_reasons: [], token_mask_prefixes: [] },
      steps: [{ name: 'script', script: ['a'], timeout: 0, when: 'on_success', allow_failure: false }],
    },
  });
});

it.each([
  [
    'a wrong type',
    JSON.stringify({ ...BARE, steps: [{ name: 'a', script: 'no list' }] }),
    'steps[0].script is no list',
    5,
  ],
  ['a missing token', JSON.stringify({ ...BARE, token: undefined }), 'token is missing', 5],
  ['half of it', '{"id": 12, "tok', 'JSON', 12],
  ['no JSON', '<html>', 'JSON', null],
  ['nothing', 'null', 'is no object', null],
])('says what is wrong with %s, and which job it was', (_, body, why, job) => {
  expect(readPayload(body)).toMatchObject({ kind: 'unreadable', why: expect.stringContaining(why), job });
});
