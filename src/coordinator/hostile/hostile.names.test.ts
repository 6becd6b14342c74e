import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { makeBareDirectory, makeZip, rename } from '../../../test/support/zips.ts';
import { createLog } from '../operate/create-log.ts';
import { made, openTarget, type Target } from './testing/open-target.ts';
import { type Came, send } from './testing/send.ts';

const lines: string[] = [];
let target: Target;
beforeAll(async () => {
  target = await openTarget({ log: createLog((line) => lines.push(line), { level: 'info', format: 'json' }) });
}, 60_000);
afterAll(() => target.close());

const EVIL = 'a\r\nx-evil: 1\r\n\r\n<b>\u001b[31m\u202e"\\é🙂';
const owner = (): Record<string, string> => ({ 'private-token': target.tokens.get('owner') ?? '' });
const get = (path: string): Promise<Came> =>
  send(target.port, { method: 'GET', path: `/api/v4/projects/${target.project.id}${path}`, headers: owner() });

/** Every upload is of another job: one may have one archive. */
async function uploaded(
  content: Uint8Array,
  disposition = 'filename="a.zip"',
  query = '',
): Promise<{ readonly path: string; readonly status: number }> {
  await made(target, `/projects/${target.project.id}/pipeline`, { ref: 'main' }, 'owner');
  const info = { name: 'x', executor: 'shell', features: { upload_multiple_artifacts: true, artifacts_exclude: true } };
  const body = JSON.stringify({ token: target.runner.token, system_id: 's_1', info });
  const json = { 'content-type': 'application/json' };
  const { json: job } = await send(target.port, { method: 'POST', path: '/api/v4/jobs/request', headers: json, body });
  const { status } = await send(target.port, {
    method: 'POST',
    path: `/api/v4/jobs/${job.id}/artifacts?artifact_type=archive&artifact_format=zip${query}`,
    headers: { 'job-token': job.token, 'content-type': 'multipart/form-data; boundary=x' },
    body: Buffer.concat([
      Buffer.from(`--x\r\ncontent-disposition: form-data; name="file"; ${disposition}\r\n\r\n`),
      content,
      Buffer.from('\r\n--x--\r\n'),
    ]),
  });
  return { path: `/jobs/${job.id}/artifacts`, status };
}

it.each([
  ['breaks the line', `filename*=UTF-8''${encodeURIComponent(EVIL)}`],
  ['leads out', 'filename="../../../etc/passwd"'],
  ['ends in the middle of a letter', `filename="${'x'.repeat(254)}🙂.zip"`],
  ['has no end', `filename="${'é'.repeat(3_000)}"`],
  ['quotes', 'filename="a\\"; filename=\\"b"'],
  ['is empty', 'filename=""'],
])('gives an artifact back whose name %s, and lets none of it into a header', async (_what, disposition) => {
  const zip = await makeZip([{ path: 'a', content: 'x' }]);
  const { path, status } = await uploaded(zip, disposition);
  expect(status).toBe(201);
  const { status: given, headers, text } = await get(path);
  expect([given, text.length > 0, headers['x-evil']]).toEqual([200, true, undefined]);
  expect(headers['content-disposition']).toMatch(
    /^attachment; filename="[\x20-\x7e]{1,255}"; filename\*=UTF-8''[\w.!~*'()%-]+$/,
  );
  expect(headers['content-disposition']).not.toMatch(/[/\\]/);
});

/** Of what is kept: how many bytes were asked for since. */
function countReads(): () => number {
  const { blobs } = target.parts;
  const { open } = blobs;
  let bytes = 0;
  const spy = vi.spyOn(blobs, 'open').mockImplementation(async (key, range) => {
    const opened = await open.call(blobs, key, range);
    bytes += Math.min(range?.end ?? opened.sizeBytes, opened.sizeBytes) - (range?.start ?? 0);
    return opened;
  });
  return () => {
    spy.mockRestore();
    return bytes;
  };
}

it.each<[string, () => Promise<Buffer> | Buffer]>([
  [
    'that lead out',
    async () => rename(await makeZip([{ path: 'xx/xx/evil', content: 'x' }]), 'xx/xx/evil', '../../evil'),
  ],
  [
    'from the root',
    async () => rename(await makeZip([{ path: 'xetc/passwd', content: 'x' }]), 'xetc/passwd', '/etc/passwd'),
  ],
  [
    'that lead out on other machines',
    async () => rename(await makeZip([{ path: 'xx/evil', content: 'x' }]), 'xx/evil', '..\\evil'),
  ],
  ['that are very many', () => makeBareDirectory(Array.from({ length: 200_001 }, (_, at) => `${at}`))],
  ['that claim very much', () => makeBareDirectory(['a', 'b', 'c'], 0xfffffff0)],
  ['that are long', () => makeBareDirectory([`a/${'x/'.repeat(2_100)}b`])],
  ['of no zip', () => Buffer.from('PK\u0003\u0004 this is none')],
])('keeps a zip with names %s as it came, and opens no file of it', async (_what, make) => {
  const zip = await make();
  const { path, status } = await uploaded(zip);
  expect(status).toBe(201);
  for (const name of ['evil', '..%2f..%2fevil', '../../evil', '%2fetc%2fpasswd', 'a', '0', '..%5cevil']) {
    const read = countReads();
    expect([name, (await get(`${path}/${name}`)).status]).toEqual([
      name,
      expect.toSatisfy((each) => each === 400 || each === 404),
    ]);
    // To look for what is not there is no more work than to read the archive once.
    expect(read()).toBeLessThanOrEqual(zip.length);
  }
});

it('opens no link and no directory of a zip, and takes no path for another', async () => {
  const parts = [
    { path: 'link', content: '/etc/passwd', options: { mode: 0o120777 } },
    { path: 'dir/' },
    { path: 'dir/a', content: 'x' },
  ];
  const { path } = await uploaded(await makeZip(parts));
  const asked = [
    'link',
    'dir',
    'dir/',
    'dir%2f',
    '',
    'dir/../dir/a',
    'dir%2f..%2fdir%2fa',
    './dir/a',
    'dir//a',
    '%00',
    'dir/a%00',
    'DIR/a',
    EVIL,
  ];
  for (const name of asked) {
    const { status, headers } = await get(`${path}/${name === EVIL ? encodeURIComponent(EVIL) : name}`);
    expect([name, status, headers['x-evil']]).toEqual([name, 404, undefined]);
  }
  expect((await get(`${path}/dir/a`)).text).toBe('x');
});

it('unpacks no report that is a bomb', async () => {
  const dotenv = '&artifact_type=dotenv&artifact_format=gzip'.slice(1);
  const { id, token } = target.jobs.running;
  const report = async (content: Uint8Array): Promise<number> => {
    const body = Buffer.concat([
      Buffer.from('--x\r\ncontent-disposition: form-data; name="file"; filename="x"\r\n\r\n'),
      content,
      Buffer.from('\r\n--x--\r\n'),
    ]);
    const headers = { 'job-token': token, 'content-type': 'multipart/form-data; boundary=x' };
    return (await send(target.port, { method: 'POST', path: `/api/v4/jobs/${id}/artifacts?${dotenv}`, headers, body }))
      .status;
  };
  expect(await report(gzipSync(`A=${'x'.repeat(30_000_000)}`))).toBe(400);
  expect(await report(gzipSync('A=1\nB\u0000=2\n'))).toBe(400);
  expect(await report(Buffer.from('no gzip'))).toBe(400);
});

it('lets no name into a header or raw into the log', async () => {
  const p = `/projects/${target.project.id}`;
  const as = 'administrator';
  await target.ask('POST', '/api/v4/projects', { as, body: { name: EVIL, path: 'evil', description: EVIL } });
  await target.ask('POST', '/api/v4/users', { as, body: { username: 'evil', name: EVIL, email: 'e@ci.example' } });
  await target.ask('POST', `/api/v4${p}/variables`, { as, body: { key: EVIL, value: EVIL } });
  await target.ask('POST', `/api/v4${p}/triggers`, { as, body: { description: EVIL } });
  const evil = encodeURIComponent(EVIL);
  const paths = ['/projects', '/users', `${p}/triggers`, `${p}/pipelines`, `${p}/repository/branches`, `${p}/${evil}`];
  for (const path of paths) {
    const url = `/api/v4${path}?per_page=1&page=1&search=${evil}&private_token=${target.tokens.get('administrator')}`;
    const headers = { 'user-agent': 'a\u0085b\tc', 'x-request-id': 'a\tb', 'x-forwarded-for': 'a, "b' };
    const came = await send(target.port, { method: 'GET', path: url, headers });
    expect([path, came.status < 500, came.headers['x-evil'], /evil: 1/.test(String(came.headers.link))]).toEqual([
      path,
      true,
      undefined,
      false,
    ]);
  }
  expect(lines.length).toBeGreaterThan(20);
  // Each is one line of one object, and nothing in it moves a cursor.
  for (const line of lines) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
    expect(line).toMatch(/^[^\u0000-\u001f\u007f-\u009f\u2028\u2029\u202e]*\n$/);
    expect(JSON.parse(line)).toHaveProperty('msg');
  }
  expect(lines.join('')).not.toContain(target.tokens.get('administrator'));
  expect(target.parts.complaints).toEqual([]);
});
