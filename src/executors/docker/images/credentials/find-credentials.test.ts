import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { parseReference } from '../references.ts';
import { type CredentialSources, findCredentials } from './find-credentials.ts';

const SECRET = 's3cret?>~';

interface Found {
  readonly source: string | null;
  readonly login: unknown;
  readonly said: readonly string[];
}

async function find(name: string, sources: Partial<CredentialSources> = {}): Promise<Found> {
  const said: string[] = [];
  const found = await findCredentials(
    parseReference(name),
    { authConfig: undefined, env: { HOME: '/nonexistent' }, payload: [], ...sources },
    { say: (text) => said.push(text), signal: new AbortController().signal },
  );
  expect(found?.header ?? '').toMatch(/^[\w-]*={0,2}$/);
  const login: unknown = found === null ? null : JSON.parse(Buffer.from(found.header, 'base64url').toString());
  return { source: found?.source ?? null, login, said };
}

function auths(entries: Record<string, object>): string {
  return JSON.stringify({ auths: entries });
}

const basic = (name: string, password = SECRET): object => ({ auth: btoa(`${name}:${password}`) });

function makeHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'credentials-'));
  onTestFinished(() => rmSync(home, { recursive: true }));
  mkdirSync(join(home, '.docker'));
  return home;
}

/** A directory with a credential helper `test` in it. */
function makeHelper(script: string): string {
  const dir = makeHome();
  writeFileSync(join(dir, 'docker-credential-test'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(dir, 'docker-credential-test'), 0o755);
  return `${dir}:${process.env.PATH}`;
}

it('reads name and password in both ways of a config.json', async () => {
  const authConfig = auths({ 'a.example.com': basic('ann'), 'b.example.com': { username: 'bob', password: SECRET } });
  expect((await find('a.example.com/x', { authConfig })).login).toEqual({
    username: 'ann',
    password: SECRET,
    serveraddress: 'a.example.com',
  });
  expect((await find('b.example.com/x', { authConfig })).login).toMatchObject({ username: 'bob', password: SECRET });
  expect(await find('c.example.com/x', { authConfig })).toEqual({ source: null, login: null, said: [] });
});

it('passes tokens on', async () => {
  const authConfig = auths({ 'a.example.com': { identitytoken: SECRET }, 'b.example.com': { registrytoken: SECRET } });
  const a = { identitytoken: SECRET, serveraddress: 'a.example.com' };
  expect((await find('a.example.com/x', { authConfig })).login).toEqual(a);
  expect((await find('b.example.com/x', { authConfig })).login).toMatchObject({ registrytoken: SECRET });
});

it.each(['https://index.docker.io/v1/', 'docker.io', 'index.docker.io', 'registry-1.docker.io'])(
  'knows Docker Hub by %s',
  async (key) => {
    const { login } = await find('ruby:3', { authConfig: auths({ [key]: basic('ann') }) });
    expect(login).toMatchObject({ username: 'ann', serveraddress: 'https://index.docker.io/v1/' });
  },
);

it('takes the longest name that an image begins with, part by part', async () => {
  const authConfig = auths({
    'https://r.example.com/': basic('all'),
    'r.example.com/group': basic('group'),
    'http://r.example.com/group/project/': basic('project'),
    'r.example.com:5000': basic('port'),
  });
  const user = async (name: string): Promise<unknown> =>
    ((await find(name, { authConfig })).login as { username?: string } | null)?.username;
  expect(await user('r.example.com/other/app')).toBe('all');
  expect(await user('r.example.com/group/app')).toBe('group');
  expect(await user('r.example.com/group/project:1')).toBe('project');
  expect(await user('r.example.com/group/project/app')).toBe('project');
  expect(await user('r.example.com/groups/app')).toBe('all');
  expect(await user('r.example.com:5000/group/app')).toBe('port');
  expect(await user('r.example.com.evil.org/app')).toBeUndefined();
});

it("asks the job's variable, then the runner's file, then the payload", async () => {
  const home = makeHome();
  const file = join(home, '.docker/config.json');
  writeFileSync(file, auths({ 'a.example.com': basic('file'), 'b.example.com': basic('file') }));
  const registry = (url: string) => ({ type: 'registry', url, username: 'payload', password: SECRET });
  const sources = {
    authConfig: auths({ 'a.example.com': basic('variable') }),
    env: { HOME: home },
    payload: ['a.example.com', 'b.example.com', 'https://c.example.com:5005'].map(registry),
  };
  expect((await find('a.example.com/x', sources)).source).toBe('$DOCKER_AUTH_CONFIG');
  expect((await find('b.example.com/x', sources)).source).toBe(file);
  const third = await find('c.example.com:5005/x', sources);
  expect(third.source).toBe('job payload (GitLab Registry)');
  expect(third.login).toMatchObject({ username: 'payload', password: SECRET });
  const elsewhere = { env: { HOME: '/nonexistent', DOCKER_CONFIG: join(home, '.docker') } };
  expect((await find('b.example.com/x', elsewhere)).source).toBe(file);
});

it('takes nothing of the payload but registries', async () => {
  const payload = [{ type: 'other', url: 'a.example.com', username: 'ann', password: SECRET }];
  expect((await find('a.example.com/x', { payload })).login).toBeNull();
});

it('warns of what is no JSON, shows nothing of it, and goes on', async () => {
  const payload = [{ type: 'registry', url: 'a.example.com', username: 'ann', password: 'p' }];
  for (const authConfig of [`{"auths": ${SECRET}`, `"${SECRET}"`, '[]', SECRET]) {
    const { source, said } = await find('a.example.com/x', { authConfig, payload });
    expect(source).toBe('job payload (GitLab Registry)');
    expect(said).toEqual(['WARNING: $DOCKER_AUTH_CONFIG is no JSON of a Docker configuration, and is not used']);
  }
});

it('is not disturbed by entries of another shape', async () => {
  const authConfig = '{"auths": {"a.example.com": {}, "b": 1, "c": {"auth": 7}}, "credHelpers": [], "credsStore": 5}';
  expect(await find('a.example.com/x', { authConfig })).toEqual({ source: null, login: null, said: [] });
});

it('asks a helper for its registry, and a store for all others', async () => {
  const PATH = makeHelper('read -r server; printf \'{"Username": "%s", "Secret": "s-%s"}\' "$1" "$server"');
  const ask = (name: string, config: object) =>
    find(name, { authConfig: JSON.stringify(config), env: { HOME: '/nonexistent', PATH } });
  const helped = await ask('a.example.com/x', { credHelpers: { 'a.example.com': 'test' } });
  expect(helped.login).toEqual({ username: 'get', password: 's-a.example.com', serveraddress: 'a.example.com' });
  const other = await ask('b.example.com/x', { credHelpers: { 'a.example.com': 'test' } });
  expect(other.login).toBeNull();
  const stored = await ask('ruby', { auths: { 'https://index.docker.io/v1/': {} }, credsStore: 'test' });
  expect(stored.login).toMatchObject({ password: 's-https://index.docker.io/v1/' });
});

it('takes a token of a helper for one', async () => {
  const PATH = makeHelper('cat > /dev/null; echo \'{"Username": "<token>", "Secret": "abc"}\'');
  const authConfig = '{"credsStore": "test"}';
  const { login } = await find('a.example.com/x', { authConfig, env: { HOME: '/nonexistent', PATH } });
  expect(login).toEqual({ identitytoken: 'abc', serveraddress: 'a.example.com' });
});

it.each([
  ['echo "credentials not found in native keychain"; exit 1', []],
  [`echo ${SECRET.slice(0, 6)}; exit 3`, ['docker-credential-test ended with exit code 3']],
  [`echo '${SECRET}'`, ['docker-credential-test has not answered in JSON']],
])('goes on after a helper that has none: %s', async (script, warnings) => {
  const payload = [{ type: 'registry', url: 'a.example.com', username: 'ann', password: 'p' }];
  const env = { HOME: '/nonexistent', PATH: makeHelper(script) };
  const { source, said } = await find('a.example.com/x', { authConfig: '{"credsStore": "test"}', env, payload });
  expect(source).toBe('job payload (GitLab Registry)');
  expect(said).toEqual(warnings.map((text) => `WARNING: no credentials from $DOCKER_AUTH_CONFIG: ${text}`));
});

it('ends a helper that does not answer when it is canceled', async () => {
  const controller = new AbortController();
  const dir = makeHome();
  const script = `echo $$ > ${dir}/pid; exec sleep 60`;
  const env = { HOME: '/nonexistent', PATH: makeHelper(script) };
  const sources = { authConfig: '{"credsStore": "test"}', env, payload: [] };
  const say = () => undefined;
  const found = findCredentials(parseReference('a.example.com/x'), sources, { say, signal: controller.signal });
  const pid = await vi.waitFor(() => Number(readFileSync(`${dir}/pid`, 'utf8').trim() || Number.NaN));
  controller.abort();
  expect(await found).toBeNull();
  await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'));
});

it('starts nothing but a helper of PATH', async () => {
  const env = { HOME: '/nonexistent', PATH: '/usr/bin:/bin' };
  const ask = async (name: string): Promise<readonly string[]> =>
    (await find('a.example.com/x', { authConfig: JSON.stringify({ credsStore: name }), env })).said;
  expect(await ask('x/../../../bin/sh')).toEqual([
    'WARNING: no credentials from $DOCKER_AUTH_CONFIG: "x/../../../bin/sh" is no credential helper',
  ]);
  expect(await ask('is-nowhere')).toEqual([
    'WARNING: no credentials from $DOCKER_AUTH_CONFIG: docker-credential-is-nowhere is not installed',
  ]);
});
