import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { PROGRAM } from '../support/checkout.ts';
import { waitUntil } from '../support/wait-until.ts';
import { type PlainServer, startPlainServer } from './plain-server/plain-server.ts';

let root: string;
let runner: ChildProcess | null;
let said: string;
let servers: PlainServer[];

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'epilogue-entries-')));
  [runner, said, servers] = [null, '', []];
});

afterEach(async () => {
  if (runner !== null && runner.exitCode === null && runner.signalCode === null) {
    const ended = once(runner, 'exit');
    runner.kill('SIGTERM');
    await ended;
  }
  for (const server of servers) await server.close();
  rmSync(root, { recursive: true, force: true });
});

async function serve(name: string, holdMs = 0): Promise<PlainServer> {
  const server = await startPlainServer({ token: `glrt-${name}`, holdMs });
  servers.push(server);
  return server;
}

const config = () => join(root, 'config.toml');

function configure(
  globals: string,
  ...entries: readonly { readonly server: PlainServer; readonly more?: string }[]
): void {
  const tables = entries.map(({ server: { url, token }, more = '' }) => {
    return `[[runners]]\nname = "${token.slice(5)}"\nurl = "${url}"\ntoken = "${token}"\nexecutor = "shell"\n${more}\n`;
  });
  writeFileSync(config(), `check_interval = 1\n${globals}\n${tables.join('\n')}`);
}

function start(...flags: readonly string[]): ChildProcess {
  const env = { PATH: process.env.PATH ?? '', HOME: root, TMPDIR: root };
  const words = ['runner', 'run', '--config', config(), '--working-directory', join(root, 'work'), '--no-guard'];
  const started = spawn(PROGRAM, [...words, ...flags], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  runner = started;
  started.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  return started;
}

const hears = (words: string) => waitUntil(`the runner says: ${words}`, () => said.includes(words));
const asked = ({ requests }: PlainServer) => requests.filter(({ path }) => path === '/api/v4/jobs/request').length;

it('runs the jobs of two servers in one place, though either would hold a request for long', async () => {
  const [one, two] = [await serve('one', 50_000), await serve('two', 50_000)];
  configure('concurrent = 1', { server: one }, { server: two });
  start();
  // Both are asked again and again: no idle request keeps the only place.
  await waitUntil('both are asked', () => asked(one) >= 2 && asked(two) >= 2);
  const jobs = [one.enqueue(), two.enqueue(), one.enqueue(), two.enqueue()];
  await waitUntil('all have run', () => jobs.every(({ status }) => status === 'success'));
});

it('holds a request at each server while there are places, and gives one up for the jobs of another', async () => {
  const [one, two] = [await serve('one', 50_000), await serve('two', 50_000)];
  configure('concurrent = 2', { server: one }, { server: two });
  start();
  await waitUntil('both are asked', () => asked(one) >= 2 && asked(two) >= 2);
  // The idle request at the second holds the place that the second job of the first needs.
  const gate = join(root, 'gate');
  const jobs = [1, 2].map(() => one.enqueue({ script: [`until [ -e ${gate} ]; do sleep 0.05; done`] }));
  await waitUntil('both run', () => jobs.every(({ status }) => status === 'running'));
  writeFileSync(gate, '');
  await waitUntil('both have run', () => jobs.every(({ status }) => status === 'success'));
});

it('follows its settings as they change: entries come and go, and jobs end as they began', async () => {
  const [one, two] = [await serve('one'), await serve('two')];
  configure('concurrent = 2', { server: one, more: 'environment = ["WHICH=old"]' });
  start();
  const gate = join(root, 'gate');
  const script = [`until [ -e ${gate} ]; do sleep 0.05; done`, 'echo "it says $WHICH"'];
  const early = one.enqueue({ script });
  await waitUntil('the first runs', () => early.status === 'running');

  writeFileSync(config(), 'concurrent = 0\n');
  await hears('cannot be used: this runner goes on with what it had');
  expect(said.split('concurrent must be a whole number from 1')).toHaveLength(2);

  configure('concurrent = 2', { server: two });
  await hears('one is gone from the settings: it takes no more jobs');
  const [late, other] = [one.enqueue(), two.enqueue()];
  await waitUntil('the new entry works', () => other.status === 'success');
  const before = asked(one);
  const another = two.enqueue();
  await waitUntil('it goes on', () => another.status === 'success');
  expect([asked(one), late.status]).toEqual([before, 'pending']);
  writeFileSync(gate, '');
  await waitUntil('the job of the entry that is gone ends', () => early.status === 'success');

  configure('concurrent = 2', { server: one }, { server: two });
  runner?.kill('SIGHUP');
  await waitUntil('the entry that is back takes jobs', () => late.status === 'success');
});

it('begins with the settings as they are when it has its directory, not as they were when it came', async () => {
  const [one, two] = [await serve('one'), await serve('two')];
  configure('', { server: one });
  const gate = join(root, 'gate');
  const early = one.enqueue({ script: [`until [ -e ${gate} ]; do sleep 0.05; done`] });
  const killed = start();
  await waitUntil('it runs', () => early.status === 'running' && early.log().length > 0);
  killed.kill('SIGKILL');
  await once(killed, 'exit');
  const finishing = start('--finish');
  const ended = once(finishing, 'exit');
  try {
    await hears('goes on with what an earlier process has left');
    // It cannot give way now.
    finishing.kill('SIGSTOP');
    start();
    await hears('takes over from the process that finishes');
    configure('concurrent = 2', { server: one }, { server: two });
    runner?.kill('SIGHUP');
    await hears('was read again');
    finishing.kill('SIGCONT');
    await ended;
  } finally {
    finishing.kill('SIGKILL');
  }
  const job = two.enqueue();
  await waitUntil('the new entry works', () => job.status === 'success');
  writeFileSync(gate, '');
  await waitUntil('so does the old one', () => early.status === 'success');
});

it('asks a server that refuses its token three times no more, and goes on with the others', async () => {
  const [one, two] = [await serve('one'), await serve('two')];
  const stranger = { ...one, url: one.url, token: 'glrt-stranger' } as PlainServer;
  configure('', { server: stranger }, { server: two });
  start();
  await hears('has refused its token 3 times: it is asked again in 60 minutes');
  const before = asked(one);
  const jobs = [two.enqueue(), two.enqueue()];
  await waitUntil('the other works', () => jobs.every(({ status }) => status === 'success'));
  expect(asked(one)).toBe(before);
  // Whoever has changed the entry wants to know at once.
  configure('', { server: one }, { server: two });
  const job = one.enqueue();
  await waitUntil('the right token works', () => job.status === 'success');
});

it('says when a server is away, which job of which project it takes once that is back, and how it failed', async () => {
  const one = await serve('one');
  await one.goAway();
  configure('', { server: one });
  start();
  await hears('one: asks for jobs in vain, and tries again: ');
  await one.comeBack();
  await hears(`one: ${one.url} answers again`);
  const job = one.enqueue({ script: ['exit 3'] });
  await waitUntil('the job has ended', () => job.status === 'failed');
  await hears(': failed (script_failure)');
  expect(said).toMatch(/^epilogue runner: job \d+: taken \(\S+ of \S+\)$/m);
});

it('waits for an entry where there is none, and takes no more than its limit says', async () => {
  configure('concurrent = 4');
  start();
  await hears('has no entry that takes jobs: waiting for one');
  const one = await serve('one');
  configure('concurrent = 4', { server: one, more: 'limit = 1' });
  const gate = join(root, 'gate');
  const [first, second] = [1, 2].map(() => one.enqueue({ script: [`until [ -e ${gate} ]; do sleep 0.05; done`] }));
  await waitUntil('the first runs', () => first?.status === 'running');
  const before = asked(one);
  runner?.kill('SIGHUP');
  await hears('was read again');
  expect([asked(one), second?.status]).toEqual([before, 'pending']);
  writeFileSync(gate, '');
  await waitUntil('both have run', () => second?.status === 'success');
});

it('draws a new token in good time, writes it into the settings, and goes on with it', async () => {
  const one = await serve('one');
  const old = one.token;
  const [from, to] = [Date.now() - 3_600_000, Date.now() + 600_000].map((at) => new Date(at).toISOString());
  configure('', { server: one, more: `id = 7\ntoken_obtained_at = ${from}\ntoken_expires_at = ${to}` });
  start();
  await hears('has a new token, and the settings have it');
  expect(one.token).not.toBe(old);
  expect(readFileSync(config(), 'utf8')).toContain(`token = "${one.token}"`);
  expect(readFileSync(config(), 'utf8')).not.toContain(`"${old}"`);
  await hears('was read again');
  const before = asked(one);
  await waitUntil('it is asked with the new one', () => asked(one) > before);
  expect(String(one.requests.findLast(({ path }) => path === '/api/v4/jobs/request')?.json.token)).toBe(one.token);
});

it('takes no more jobs once three cleanups in a row went wrong, until it is released', async () => {
  const one = await serve('one');
  configure('concurrent = 1', { server: one });
  start();
  const bad = () => one.enqueue({ afterScript: ['exit 1'] });
  const jobs = [bad(), bad(), bad()];
  await waitUntil('all have run', () => jobs.every(({ status }) => status === 'success'));
  await hears('takes no more jobs: the cleanups of its last 3 jobs went wrong');
  const late = one.enqueue();
  const before = asked(one);
  const words = ['runner', 'release', '--config', config(), '--working-directory', join(root, 'work')];
  expect(execFileSync(PROGRAM, words, { env: { PATH: process.env.PATH ?? '', HOME: root }, encoding: 'utf8' })).toBe(
    'one is released\n',
  );
  expect([asked(one), late.status]).toEqual([before, 'pending']);
  await waitUntil('it takes jobs again', () => late.status === 'success');
});
