import { afterEach, expect, it } from 'vitest';
import { as, closeServers, echo, serve, url } from '../testing/serve-routes.ts';

afterEach(closeServers);

it.each([
  ['JSON', 'application/json', '{"ref":"main","variables":[{"key":"A"},{"key":"B"}]}'],
  ['a form', 'application/x-www-form-urlencoded', 'ref=main&variables[][key]=A&variables[][key]=B'],
  [
    'a multipart form',
    'multipart/form-data; boundary=x',
    ['ref', 'main', 'variables[][key]', 'A', 'variables[][key]', 'B']
      .reduce(
        (text, word, at) =>
          at % 2 === 0 ? `${text}--x\r\ncontent-disposition: form-data; name="${word}"\r\n\r\n` : `${text}${word}\r\n`,
        '',
      )
      .concat('--x--\r\n'),
  ],
])('takes a body as %s', async (_kind, type, payload) => {
  const app = await serve(echo);
  const { statusCode, body } = await app.inject({
    method: 'POST',
    url,
    headers: { ...as, 'content-type': type },
    payload,
  });
  expect([statusCode, JSON.parse(body).body]).toEqual([201, { ref: 'main', variables: [{ key: 'A' }, { key: 'B' }] }]);
});

it('takes a request without a body for one without parameters', async () => {
  const app = await serve(echo);
  const answer = await app.inject({ method: 'POST', url, headers: as });
  expect(answer.json()).toEqual({ error: 'ref is missing' });
});

it.each([
  ['with no body', undefined, 'main'],
  ['beside a body', { variables: [] }, 'main'],
  ['and the body goes first', { ref: 'other' }, 'other'],
])('takes what a body would say from the address, %s', async (_how, payload, ref) => {
  const app = await serve(echo);
  const asked = { method: 'POST', url: `${url}?ref=main&__proto__[x]=1&private_token=ana`, headers: as } as const;
  const answer = await app.inject({ ...asked, ...(payload === undefined ? {} : { payload }) });
  expect([answer.statusCode, answer.json().body]).toEqual([201, { ...payload, ref }]);
});

it('takes an encoded path for the project, and arrays in the query', async () => {
  const app = await serve(echo);
  const address = '/api/v4/projects/ana%2Fshop/pipeline?scope[]=a&scope[]=b&page=2';
  const { json } = await app.inject({ method: 'POST', url: address, headers: as, payload: { ref: 'main' } });
  expect(json()).toMatchObject({ project: 7, query: { scope: ['a', 'b'], page: 2, per_page: 20 } });
});

it.each([
  ['nothing', {}, {}, 'ref is missing'],
  ['the wrong kind', {}, { ref: { a: 1 } }, 'ref is invalid (it has to be a text)'],
  ['text that is no JSON', { 'content-type': 'application/json' }, '{', 'body is not valid JSON'],
  ['an empty body', { 'content-type': 'application/json' }, '', 'ref is missing'],
  ['too much', {}, { ref: 'x'.repeat(1 << 20) }, 'body is larger than 1048576 bytes'],
])('says what is wrong with %s', async (_what, headers, payload, error) => {
  const app = await serve(echo);
  const answer = await app.inject({ method: 'POST', url, headers: { ...as, ...headers }, payload });
  expect([answer.statusCode, answer.json()]).toEqual([error.includes('larger') ? 413 : 400, { error }]);
});

it('refuses a form that ends within a file', async () => {
  const app = await serve(echo);
  const payload = '--x\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\nxxx';
  const headers = { ...as, 'content-type': 'multipart/form-data; boundary=x' };
  const answer = await app.inject({ method: 'POST', url, headers, payload });
  // What the form tells its file afterwards would be an uncaught exception, which fails this run.
  await new Promise((resolve) => setImmediate(resolve));
  expect([answer.statusCode, answer.json()]).toEqual([400, { error: 'body is not a form' }]);
});
