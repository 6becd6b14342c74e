import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { PROGRAM } from '../support/checkout.ts';
import { type PlainServer, startPlainServer } from './plain-server/plain-server.ts';
import { Terminal } from './support/terminal.ts';

const ADDRESS = /The address of the server.*: $/;
const TOKEN = /The token of the runner.*: $/;
let root: string;
let server: PlainServer;
let terminal: Terminal | null;

beforeEach(async () => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'epilogue-questions-')));
  server = await startPlainServer();
  terminal = null;
});
afterEach(async () => {
  await terminal?.kill();
  await server.close();
  rmSync(root, { recursive: true, force: true });
});

const config = () => join(root, 'runner.toml');
const env = () => ({ PATH: process.env.PATH ?? '', HOME: root, CONFIG_FILE: config(), TERM: 'xterm' });
const hasEntry = () => existsSync(config()) && readFileSync(config(), 'utf8').includes('[[runners]]');

function register(...words: readonly string[]): Terminal {
  terminal = new Terminal([PROGRAM, 'runner', 'register', ...words].join(' '), { env: env(), cwd: root });
  return terminal;
}

it('asks for what is missing, and takes the rest as it is', async () => {
  const asked = register();
  await asked.until(ADDRESS);
  asked.type(`  ${server.url}/ \n`);
  await asked.until(TOKEN);
  asked.type(`${server.token}\n`);
  expect(await asked.ended(), asked.shown).toBe(0);
  expect(asked.shown).toContain(`${hostname()} is a runner of ${server.url}, number 7. Written to ${config()}`);
  expect(readFileSync(config(), 'utf8')).toContain(`name = "${hostname()}"\nurl = "${server.url}"\nid = 7\n`);
});

it('takes answers that were pasted all at once', async () => {
  const asked = register('--name', 'pasted');
  await asked.until(ADDRESS);
  asked.type(`${server.url}\n${server.token}\n`);
  expect(await asked.ended(), asked.shown).toBe(0);
  expect(readFileSync(config(), 'utf8')).toContain(`name = "pasted"\nurl = "${server.url}"\n`);
});

it('asks nothing that a flag says, and takes no empty answer', async () => {
  const asked = register('--url', server.url);
  await asked.until(TOKEN);
  expect(asked.shown).not.toContain('The address');
  asked.type('  \n');
  expect(await asked.ended()).toBe(2);
  expect(asked.shown).toContain('say who the runner is: --token');
  expect([hasEntry(), server.requests]).toEqual([false, []]);
});

it.each([
  ['an empty line', '\n'],
  ['the end of input', Terminal.keys.endOfInput],
  ['an interrupt', Terminal.keys.interrupt],
])('ends at %s in place of an address, and has changed nothing', async (_, keys) => {
  const asked = register();
  await asked.until(ADDRESS);
  asked.type(keys);
  expect(await asked.ended()).toBe(2);
  expect(asked.shown).not.toMatch(/The token of|^\s+at /m);
  expect([hasEntry(), server.requests]).toEqual([false, []]);
});

it('asks nobody where there is no terminal, whatever comes in', async () => {
  const child = spawn(PROGRAM, ['runner', 'register'], { env: env(), cwd: root, stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
  child.stdin.end(`${server.url}\n${server.token}\n`);
  const [code] = await once(child, 'close');
  expect([code, said]).toEqual([2, 'epilogue: say where the server is: --url, or CI_SERVER_URL\n']);
});
