import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { listRefs } from '../../git/index.ts';
import { makeGitClient } from '../testing/git-client.ts';
import { openTarget, type Target } from './testing/open-target.ts';
import { type Came, send } from './testing/send.ts';

let target: Target;
beforeAll(async () => {
  target = await openTarget();
}, 60_000);
afterAll(async () => {
  expect(target.parts.complaints).toEqual([]);
  await target.close();
});

const get = (path: string): Promise<Came> =>
  send(target.port, {
    method: 'GET',
    path: `/api/v4/projects/${target.project.id}${path}`,
    headers: { 'private-token': target.tokens.get('owner') ?? '' },
  });

const ZEROS = '0'.repeat(40);
const NO_OBJECTS = Buffer.from('5041434b0000000200000000029d08823bd8a8eab510ad6ac75c823cfd3ed31e', 'hex');
const packet = (text: string): string => `${(Buffer.byteLength(text) + 4).toString(16).padStart(4, '0')}${text}`;

/** As no git would push. */
async function push(ref: string): Promise<Came> {
  const command = packet(`${ZEROS} ${target.project.sha} ${ref}\0report-status`);
  const authorization = `Basic ${Buffer.from(`x:${target.tokens.get('owner')}`).toString('base64')}`;
  const body = Buffer.concat([Buffer.from(`${command}0000`), NO_OBJECTS]);
  return await send(target.port, {
    method: 'POST',
    path: '/group/target.git/git-receive-pack',
    headers: { authorization },
    body,
  });
}

/** No git makes these. */
const NEVER = [
  'a\nb',
  'a\r\nx-evil: 1',
  '..',
  'a..b',
  '.a',
  'a.lock',
  'a b',
  'a\u001b[31m',
  'a:b',
  'a~1',
  'a^',
  'a*',
  '@{',
  'a//b',
  'a/',
  '',
  'x'.repeat(4_096),
];
/** Some git makes these. */
const ODD = ['-x', '--upload-pack=touch', '\u202eé🙂', 'refs/heads/main', '$(id)', '%2e%2e'];

it('takes no name of a ref that git would not take, and answers whatever is asked of those that it takes', async () => {
  const outside = [
    'HEAD',
    'config',
    '../../x',
    'refs/../../x',
    'refs/keep/x',
    'refs/pipelines/1',
    'refs/x',
    'refs/heads',
    target.project.sha,
  ];
  const refused = [...NEVER.map((name) => `refs/heads/${name}`), ...outside];
  const came = await Promise.all(refused.map(async (ref) => ({ ref, ...(await push(ref)) })));
  for (const { ref, status, text } of came) {
    expect([ref, status < 500, /^ok |unpack ok\n[^n]*ok /m.test(text)]).toEqual([ref, true, false]);
  }
  await Promise.all(ODD.map((name) => push(`refs/heads/${name}`)));
  const refs = (await listRefs(target.parts.repositories.at(target.project.id))).map(({ name }) => name);
  expect(
    refs
      .filter((name) => !name.startsWith('refs/keep/'))
      .every((name) => name === 'refs/heads/main' || ODD.includes(name.slice('refs/heads/'.length))),
  ).toBe(true);
  expect(refs).toEqual(expect.arrayContaining(['refs/heads/$(id)', 'refs/heads/\u202eé🙂']));
  const listed = await get('/repository/branches?per_page=100');
  expect(listed.json.map(({ name }: { name: string }) => name)).toContain('\u202eé🙂');
  for (const name of ODD) {
    const ref = encodeURIComponent(name);
    const asked = [
      ...[`/repository/branches/${ref}`, `/repository/commits?ref_name=${ref}`, `/repository/tree?ref=${ref}`],
      ...[`/repository/archive.tar?sha=${ref}`, `/repository/files/a%2Fb.txt/raw?ref=${ref}`, `/pipelines?ref=${ref}`],
      ...[`/repository/compare?from=main&to=${ref}`, `/jobs/artifacts/${ref}/download?job=build`],
    ];
    for (const { path, status, headers } of await Promise.all(
      asked.map(async (path) => ({ path, ...(await get(path)) })),
    )) {
      expect([path, [200, 400, 404].includes(status), headers['x-evil']]).toEqual([path, true, undefined]);
    }
  }
}, 60_000);

it('archives a branch with the longest name, links as links, and of a commit what it says itself', async () => {
  const client = await makeGitClient(target.parts.dataDir);
  symlinkSync('/etc/passwd', join(client.dir, 'link'));
  const files = {
    '.gitattributes': 'told export-subst\n',
    told: '$Format:%H$\n',
    'a\r\nx-evil: 1': 'x',
    '--output=x': 'x',
    '"q" é\t': 'x',
  };
  const sha = await client.commit(files);
  const branch = 'x'.repeat(240);
  await client.git(
    'push',
    '--quiet',
    target.parts.repositories.at(target.project.id).gitDir,
    `HEAD:refs/heads/${branch}`,
  );
  const { status, headers, text } = await get(`/repository/archive.tar?sha=${branch}`);
  expect([status, headers['x-evil']]).toEqual([200, undefined]);
  expect(text).toContain(sha);
  expect(text).toContain('/etc/passwd');
  expect(text).not.toContain('root:');
  expect((await get(`/repository/tree?ref=${branch}`)).json.map(({ name }: { name: string }) => name)).toEqual(
    expect.arrayContaining(Object.keys(files)),
  );
  for (const name of [...Object.keys(files), 'link']) {
    const {
      status: given,
      headers: shown,
      text: content,
    } = await get(`/repository/files/${encodeURIComponent(name)}/raw?ref=${branch}`);
    expect([name, given, shown['x-evil'], content.includes('root:')]).toEqual([name, 200, undefined, false]);
  }
});
