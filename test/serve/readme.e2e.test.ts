import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { killMarked, MARK } from '../support/processes.ts';
import { ReadmeShell, readmeBlocks } from './support/readme-shell.ts';

/** Where the README's server listens; the test's has a free port. */
const USUAL = '127.0.0.1:8929';

let home: string;
let mark: string;
const shells: ReadmeShell[] = [];

beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'epilogue-readme-')));
  mark = home;
});
afterEach(async () => {
  for (const shell of shells.splice(0).toReversed()) await shell.end();
  killMarked(mark);
  rmSync(home, { recursive: true, force: true });
});

/** A newcomer's: with a name for commits, and nothing of ours. */
function openShell(): ReadmeShell {
  const name = { GIT_AUTHOR_NAME: 'New', GIT_COMMITTER_NAME: 'New' };
  const email = { GIT_AUTHOR_EMAIL: 'new@example.com', GIT_COMMITTER_EMAIL: 'new@example.com' };
  const path = process.env.PATH ?? '';
  const run = process.env.GATE_RUN ?? '';
  const shell = new ReadmeShell({
    PATH: path,
    HOME: home,
    TMPDIR: home,
    ...name,
    ...email,
    [MARK]: mark,
    GATE_RUN: run,
  });
  shells.push(shell);
  return shell;
}

it("keeps what the README promises for a newcomer's ten minutes", async () => {
  const [serve = '', look = '', push = '', follow = '', cancel = '', ...more] = readmeBlocks(
    'A server for your team, in ten minutes',
  );
  expect(more).toEqual([]);

  const server = openShell();
  server.type(serve.replace('bin/epilogue serve', 'exec bin/epilogue serve --listen 127.0.0.1:0'));
  const said = async (what: string, words: RegExp) =>
    (await server.until(what, () => words.exec(server.output)))[1] ?? '';
  const base = await said('it says where it listens', /listening on (\S+)\n/);
  await said('it says where the demo is', /(\/demo\/graceful\/-\/pipelines\/\d+)\n/);
  await expectToSignInOnce(await said('it says how to sign in', /sign in as root, once: (\S+)\n/));
  expect(await (await fetch(base)).text()).toContain('/api/v4/projects');

  const shell = openShell();
  const type = (block: string): Promise<string> => shell.run(block.replaceAll(USUAL, new URL(base).host));
  const looked = await type(look);
  expect(looked).toContain('"name":"integration"');
  expect(looked).toContain('"path_with_namespace":"root/shop"');
  await type(push);
  await shell.until('the job is there', async () => (await type('curl -s -H "$auth" $shop/jobs\n')).includes('"id"'));
  await type(follow);
  await shell.until('its log is seen', () => shell.output.includes('\\ntesting on a machine that costs money\\n'));
  expect(existsSync(join(home, 'rented-machine'))).toBe(true);
  const cancelled = await type(cancel);
  expect(cancelled).toContain('"status":"canceling"');
  expect(cancelled).toContain('\\nthe machine is given back, the job is canceled\\n');
  expect(cancelled).toMatch(
    /event: end\ndata: .*"status":"canceled"[\s\S]*"status":"canceled".*"cleanup":{"outcome":"succeeded"/,
  );
  expect(existsSync(join(home, 'rented-machine'))).toBe(false);
});

async function expectToSignInOnce(link: string): Promise<void> {
  const page = await (await fetch(link)).text();
  const [, action = ''] = /<form method="post" action="([^"]*)">/.exec(page) ?? [];
  const [, token = ''] = /name="token" value="([^"]*)"/.exec(page) ?? [];
  const [, to = ''] = /name="to" value="([^"]*)"/.exec(page) ?? [];
  const sent = { method: 'POST', body: new URLSearchParams({ token, to }), redirect: 'manual' } as const;
  const signIn = () => fetch(new URL(action, link), sent);
  const first = await signIn();
  expect([first.status, await first.text()]).toEqual([303, 'You are signed in as root.\n']);
  expect(first.headers.get('location')).toMatch(/^\/demo\/graceful\/-\/pipelines\/\d+$/);
  const cookie = first.headers.get('set-cookie')?.split(';')[0] ?? '';
  const demo = new URL('/api/v4/projects/demo%2Fgraceful', link);
  expect((await fetch(demo, { headers: { cookie } })).status).toBe(200);
  expect((await signIn()).status).toBe(410);
}
