import { readdirSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { listRefs } from '../index.ts';
import type { GitServer } from './git-server.ts';
import { git, makeRepository, type useTemporaryDirectory } from './repository.ts';
import { runClient } from './run-client.ts';
import { startGitServer } from './start-git-server.ts';

/** The sha of a ref that is not there. */
export const ZEROS = '0'.repeat(40);

/** A server, and a working copy that pushes to it. */
export async function startPushing(temporary: ReturnType<typeof useTemporaryDirectory>): Promise<{
  server: GitServer;
  work: string;
  push: (...args: string[]) => ReturnType<typeof runClient>;
}> {
  const server = await startGitServer(temporary.fresh('root'));
  const work = makeRepository(temporary.fresh('work'));
  git(work, 'remote', 'add', 'origin', server.url);
  return { server, work, push: (...args) => runClient(work, ['push', ...args]) };
}

export const refsOf = async ({ repository }: Pick<GitServer, 'repository'>) =>
  Object.fromEntries((await listRefs(repository)).map(({ name, sha }) => [name, sha]));

/** What is left of packs half received. */
export function drafts({ repository }: Pick<GitServer, 'repository'>): readonly string[] {
  return readdirSync(join(repository.gitDir, 'objects')).filter((name) => name.startsWith('tmp_'));
}

export function halfPush(work: string): Buffer {
  const line = `${ZEROS} ${git(work, 'rev-parse', 'HEAD')} refs/heads/main\0report-status side-band-64k`;
  return Buffer.concat([
    Buffer.from(`${(line.length + 4).toString(16).padStart(4, '0')}${line}0000PACK`),
    Buffer.from([0, 0, 0, 2, 0, 0, 0, 200, 0xb5, 0xdf, 0xff]),
  ]);
}

export function rawPush(server: Pick<GitServer, 'url'>, body: Buffer, end: 'open' | 'end' = 'end') {
  const { promise, resolve } = Promise.withResolvers<string>();
  let text = '';
  const request = httpRequest(`${server.url}/git-receive-pack`, { method: 'POST', agent: false }, (response) => {
    response.on('data', (chunk) => {
      text += chunk;
    });
    response.on('error', () => {});
    response.on('close', () => resolve(text));
  });
  request.on('error', () => resolve(text));
  if (end === 'end') request.end(body);
  else request.write(body);
  return { request, ended: promise };
}
