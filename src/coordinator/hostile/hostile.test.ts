import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTarget, PASSWORD, type Target } from './testing/open-target.ts';
import { send } from './testing/send.ts';

let target: Target;
beforeAll(async () => {
  target = await openTarget();
}, 60_000);
afterAll(() => target.close());

const owner = (): Record<string, string> => ({ 'private-token': target.tokens.get('owner') ?? '' });

it('names no host of the asker in an address that it makes', async () => {
  for (const path of ['/api/v4/projects?per_page=1', 'http://evil.example/api/v4/projects?per_page=1']) {
    const headers = { ...owner(), host: 'evil.example', 'x-forwarded-host': 'evil.example' };
    const { status, headers: shown, text: body } = await send(target.port, { method: 'GET', path, headers });
    expect([status, JSON.stringify(shown) + body]).toEqual([200, expect.not.stringContaining('evil')]);
    expect(shown.link).toContain('<http://ci.example/api/v4/projects?');
  }
});

it('ends the stream of a HEAD itself, whatever the asker does with the connection', async () => {
  const { jobs, project, pipeline } = target;
  const job = `/api/v4/projects/${project.id}/jobs/${jobs.running.id}`;
  const streams = [
    `${job}/events`,
    `${job}/trace/events`,
    `/api/v4/projects/${project.id}/pipelines/${pipeline}/events`,
  ];
  for (const path of streams) expect(await headOf(path)).toMatch(/^HTTP\/1\.1 200 /);
});

it('says of an artifact by HEAD how large it would be', async () => {
  const path = `/api/v4/projects/${target.project.id}/jobs/${target.jobs.running.id}/artifacts`;
  const [whole, head] = await Promise.all(
    ['GET', 'HEAD'].map((method) => send(target.port, { method, path, headers: owner() })),
  );
  expect([head?.status, head?.headers['content-length']]).toEqual([200, whole?.headers['content-length']]);
});

/** What comes until the server hangs up, which it has to do by itself. */
async function headOf(path: string): Promise<string> {
  const socket = connect({ port: target.port, host: '127.0.0.1', allowHalfOpen: true });
  socket.setTimeout(5_000, () => socket.destroy(new Error(`HEAD ${path} is held open`)));
  socket.write(`HEAD ${path} HTTP/1.1\r\nhost: ci\r\nprivate-token: ${owner()['private-token']}\r\n\r\n`);
  try {
    return await text(socket);
  } finally {
    socket.destroy();
  }
}

it('counts wrong passwords of one address for all accounts, whoever else signs in from there', async () => {
  const signIn = async (login: string, password: string): Promise<number> => {
    const body = JSON.stringify({ login, password });
    const headers = { 'content-type': 'application/json' };
    return (await send(target.port, { method: 'POST', path: '/users/sign_in', headers, body })).status;
  };
  const tries: number[] = [];
  for (let at = 0; at < 12; at += 1) {
    tries.push(await signIn(`nobody${at}`, 'wrong'));
    if (at === 4 || at === 8) expect(await signIn('owner', PASSWORD)).toBe(200);
  }
  expect(tries).toEqual([...Array<number>(10).fill(401), 429, 429]);
});
