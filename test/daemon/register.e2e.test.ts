import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { PROGRAM } from '../support/checkout.ts';
import { type PlainServer, startPlainServer } from './plain-server/plain-server.ts';

let root: string;
let server: PlainServer;

beforeEach(async () => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'epilogue-register-')));
  server = await startPlainServer();
});

afterEach(async () => {
  await server.close();
  rmSync(root, { recursive: true, force: true });
});

const config = () => join(root, 'etc', 'runner.toml');
const written = () => readFileSync(config(), 'utf8');
const calls = () => server.requests.map(({ method, path }) => `${method} ${path}`);

async function runner(words: readonly string[], more: Readonly<Record<string, string>> = {}) {
  const env = { PATH: process.env.PATH ?? '', HOME: root, CONFIG_FILE: config(), ...more };
  const { promise, resolve } = Promise.withResolvers<{ code: number; out: string; err: string }>();
  execFile(PROGRAM, ['runner', ...words], { env, cwd: root }, (error, out, err) => {
    resolve({ code: error === null ? 0 : Number(error.code), out, err });
  });
  return await promise;
}

const register = (...words: readonly string[]) => runner(['register', '-n', '--url', `${server.url}/`, ...words]);

it('makes this machine a runner with a token of the server, and writes that into its settings, for nobody else to read', async () => {
  const { code, out, err } = await register('--token', server.token, '--name', 'here');
  expect([code, err]).toEqual([0, '']);
  expect(out).toContain(`here is a runner of ${server.url}, number 7. Written to ${config()}`);
  expect(statSync(config()).mode & 0o777).toBe(0o600);
  expect(written()).toMatch(
    new RegExp(
      `^concurrent = 1\n\n\\[\\[runners\\]\\]\nname = "here"\nurl = "${server.url}"\nid = 7\ntoken = "${server.token}"\n`,
    ),
  );
  expect(readFileSync(join(root, 'etc', '.runner_system_id'), 'utf8')).toMatch(/^[sr]_[0-9a-f]{12}$/);
  expect(calls()).toEqual(['POST /api/v4/runners/verify']);
  const again = await register('--token', server.token);
  expect([again.code, again.err]).toEqual([2, `epilogue: this runner is in ${config()} already: 'here'\n`]);
});

it('makes a runner of containers, as the flags and the template have them', async () => {
  writeFileSync(join(root, 'template'), '[[runners]]\n[runners.docker]\nmemory = "1g"\npull_policy = "never"\n');
  const flags = ['--executor', 'docker', '--docker-image', 'debian:12', '--docker-pull-policy', 'if-not-present'];
  const { code, err } = await register(
    '--token',
    server.token,
    '--name',
    'c',
    ...flags,
    '--template-config',
    'template',
  );
  expect([code, err]).toEqual([0, '']);
  expect(written()).toMatch(
    /\[runners\.docker\]\nmemory = "1g"\npull_policy = "if-not-present"\nimage = "debian:12"\nvolumes = \[ "\/cache" \]\n/,
  );
  const [{ body } = { body: '' }] = server.requests;
  const features = { image: true, services: true, service_variables: true, shared: false };
  expect(JSON.parse(String(body)).info).toMatchObject({ executor: 'docker', features });
  const listed = await runner(['list']);
  expect([listed.out, listed.err]).toEqual([`c: docker at ${server.url}, number 7\n`, '']);
});

it('makes a runner the old way, from variables and a template, and keeps what is in the file', async () => {
  mkdirSync(join(root, 'etc'));
  writeFileSync(config(), '# ours\nconcurrent = 3 # for now\n');
  writeFileSync(join(root, 'template'), '[[runners]]\nlimit = 2\n[runners.cleanup]\nquarantine_after = 5\n');
  const { code, err } = await runner(['register', '--template-config', 'template'], {
    ...{ CI_SERVER_URL: server.url, REGISTRATION_TOKEN: server.registrationToken, REGISTER_NON_INTERACTIVE: 'true' },
    ...{ RUNNER_NAME: 'old', RUNNER_TAG_LIST: 'a, b', REGISTER_LOCKED: 'false' },
  });
  expect([code, err]).toEqual([0, '']);
  expect(written()).toMatch(/^# ours\nconcurrent = 3 # for now\n\n\[\[runners\]\]\nlimit = 2\n/);
  expect(written()).toContain('[runners.cleanup]\nquarantine_after = 5\n');
  const [{ body } = { body: '' }] = server.requests;
  expect(JSON.parse(String(body))).toMatchObject({
    description: 'old',
    tag_list: 'a,b',
    run_untagged: false,
    locked: false,
  });
  const listed = await runner(['list']);
  expect(listed.out).toMatch(new RegExp(`^old: shell at ${server.url}`));
});

it.each([
  [['--token', 'glrt-wrong'], /does not know this token\. Make a runner there/],
  [[], /say who the runner is: --token/],
  [['--token', 'x', '--executor', 'ssh'], /there is no executor 'ssh' yet: write --executor shell or docker/],
  [['--token', 'x', '--executor', 'docker'], /say which image jobs have that name none: --docker-image/],
  [['--registration-token', 'wrong'], /makes no runner: the server answers 403/],
  [['--url', 'elsewhere', '--token', 'x'], /argument 'elsewhere' is invalid\. Write an address/],
])('refuses %j and writes no entry', async (words, message) => {
  const { code, err } = await register(...words);
  expect(code).toBe(2);
  expect(err).toMatch(message);
  expect(existsSync(config()) && written().includes('runners')).toBe(false);
});

it('finds out before a server is asked that the settings cannot be changed', async () => {
  mkdirSync(join(root, 'etc'));
  writeFileSync(config(), 'concurrent = = 1\n');
  const { code, err } = await register('--token', server.token);
  expect([code, err]).toEqual([2, expect.stringContaining(`${config()}: line 1: `)]);
  expect(calls()).toEqual([]);
});

it('adds nothing to settings that no runner could work with, and says what is wrong with them', async () => {
  mkdirSync(join(root, 'etc'));
  writeFileSync(config(), 'concurrent = "many"\n');
  const { code, err } = await register('--token', server.token);
  expect([code, err]).toEqual([
    2,
    `${config()}: concurrent must be a whole number from 1\nepilogue: nothing is added to ${config()}: mend it first\n`,
  ]);
  expect(calls()).toEqual([]);
});

it('says of settings that cannot be read that they are wrong, and no more', async () => {
  mkdirSync(join(root, 'etc'));
  writeFileSync(config(), 'concurrent = = 1\n');
  const wrong = expect.stringContaining(`${config()}:1:`);
  expect(await runner(['list'])).toEqual({ code: 1, out: '', err: wrong });
  for (const words of [['verify'], ['release'], ['unregister', '--name', 'x'], ['reset-token', '--name', 'x']]) {
    expect(await runner(words)).toEqual({ code: 2, out: '', err: wrong });
  }
  writeFileSync(config(), 'concurrent = 1\n');
  expect(await runner(['verify'])).toEqual({
    ...{ code: 2, out: '' },
    err: `epilogue: there are no entries in ${config()}: \`epilogue runner register\` makes one\n`,
  });
});

it('says which flags have no effect on a runner that the server has made', async () => {
  const { code, err } = await register('--token', server.token, '--tag-list', 'a', '--locked', 'false');
  expect([code, err]).toEqual([
    0,
    'epilogue: warning: --tag-list, --locked have no effect on a runner that the server has made: set that there\n',
  ]);
});

it('says which runners are known, draws a new token, and takes a runner out, at the server and in the settings', async () => {
  await register('--token', server.token, '--name', 'one');
  expect(await runner(['verify'])).toEqual({
    code: 0,
    out: `one: ${server.url} knows this runner as number 7\n`,
    err: '',
  });
  const before = server.token;
  expect(await runner(['reset-token', '--name', 'one'])).toMatchObject({ code: 0, err: '' });
  expect(server.token).not.toBe(before);
  expect(written()).toContain(`token = "${server.token}"\n`);
  expect(await runner(['verify'])).toMatchObject({ code: 0 });

  writeFileSync(config(), written().replace(server.token, 'glrt-lost'));
  const lost = await runner(['verify', '--delete']);
  expect([lost.code, lost.err]).toEqual([1, '']);
  expect(lost.out).toContain('does not know this runner');
  expect(written()).not.toContain('runners');

  await register('--token', server.token, '--name', 'two');
  expect(await runner(['unregister', '--name', 'tow'])).toMatchObject({
    code: 2,
    err: expect.stringContaining("did you mean 'two'?"),
  });
  expect(await runner(['unregister'])).toMatchObject({ code: 2 });
  expect(await runner(['unregister', '--all-runners'])).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^two: taken out at/),
  });
  expect(calls().at(-1)).toBe('DELETE /api/v4/runners/managers');
  expect(await runner(['list'])).toMatchObject({ out: expect.stringContaining('There are no entries') });
});

it('keeps an entry whose server does not answer, and says what to do', async () => {
  await register('--token', server.token, '--name', 'one');
  await server.goAway();
  expect(await runner(['verify'])).toMatchObject({ code: 0, out: expect.stringContaining('cannot be told: ') });
  const { code, err } = await runner(['unregister', '--name', 'one']);
  expect([code, err]).toEqual([1, expect.stringContaining('Try again, or remove the entry by hand')]);
  expect(written()).toContain(server.token);
});

it('shows an entry in quarantine, and releases it', async () => {
  await register('--token', server.token, '--name', 'one');
  const work = join(root, '.local', 'state', 'epilogue', 'runner');
  mkdirSync(work, { recursive: true });
  const { key } = JSON.parse((await runner(['list', '--json'])).out);
  const bad = [{ job: 3, outcome: 'failed', at: 1 }];
  writeFileSync(
    join(work, 'cleanups.json'),
    JSON.stringify({ [key]: { name: 'one', bad, since: Date.UTC(2026, 0, 1) } }),
  );
  const dirs = process.getuid?.() === 0 ? ['-d', work] : [];
  expect((await runner(['list', ...dirs])).out).toContain(
    'in quarantine since 2026-01-01T00:00:00.000Z: job 3: failed;',
  );
  expect(await runner(['verify', ...dirs])).toMatchObject({
    code: 1,
    out: expect.stringContaining('is in quarantine since'),
  });
  expect(await runner(['release', ...dirs])).toEqual({ code: 0, out: 'one is released\n', err: '' });
  expect((await runner(['list', ...dirs])).out).toContain('released: takes jobs as soon as the runner has seen that');
  expect(await runner(['verify', ...dirs])).toMatchObject({ code: 0 });
});
