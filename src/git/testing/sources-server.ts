import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { onTestFinished } from 'vitest';
import { type BareRepository, defaultGitLimits, openRepositories, serveGit } from '../index.ts';
import { LargeFiles } from './large-files.ts';

export interface SourcesServer {
  /** `http://127.0.0.1:4711` */
  readonly origin: string;
  /** With user and password. */
  urlOf(name: string): string;
  add(name: string, objectFormat?: 'sha1' | 'sha256'): Promise<BareRepository>;
  /** Of each request: its path, and who asked. */
  readonly seen: { readonly path: string; readonly authorization: string | null }[];
  readonly largeFiles: LargeFiles;
  /** Answers everything with this status; null: as it should. */
  refuse: number | null;
}

const USER = 'gitlab-ci-token';
/** As a token with letters that an address has to escape. */
export const PASSWORD = 's@cret/word';

/** Repositories over HTTP, for whoever has the password. Closed after the test. */
export async function startSourcesServer(root: string): Promise<SourcesServer> {
  const repositories = openRepositories({ root, path: process.env.PATH ?? '' });
  const known = new Map<string, BareRepository>();
  const http = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    http.closeAllConnections();
    http.close();
  });
  const origin = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const server: SourcesServer = {
    origin,
    urlOf: (name) => `${origin.replace('//', `//${USER}:${encodeURIComponent(PASSWORD)}@`)}/${name}.git`,
    async add(name, objectFormat = 'sha1') {
      const repository = await repositories.create(known.size + 1, { defaultBranch: 'main' });
      if (objectFormat === 'sha256') {
        rmSync(repository.gitDir, { recursive: true });
        execFileSync('git', ['init', '--quiet', '--bare', '--object-format=sha256', repository.gitDir]);
      }
      known.set(name, repository);
      return repository;
    },
    seen: [],
    largeFiles: new LargeFiles(),
    refuse: null,
  };
  const expected = `Basic ${Buffer.from(`${USER}:${PASSWORD}`).toString('base64')}`;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', origin);
    const { pathname, searchParams } = url;
    const authorization = request.headers.authorization ?? null;
    server.seen.push({ path: pathname, authorization });
    const repository = known.get(pathname.slice(1).split('.git/')[0] ?? '');
    if (server.refuse !== null) return void response.writeHead(server.refuse).end();
    if (authorization !== expected) {
      return void response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
    }
    if (repository === undefined) return void response.writeHead(404).end();
    if (await server.largeFiles.answer(request, response, url)) return;
    const isAdvertisement = pathname.endsWith('/info/refs');
    const name = isAdvertisement ? searchParams.get('service') : pathname.split('/').pop();
    const answer = await serveGit({
      repository,
      service: name === 'git-receive-pack' ? name : 'git-upload-pack',
      protocol: request.headers['git-protocol']?.toString() ?? null,
      body: isAdvertisement ? null : request,
      gzip: request.headers['content-encoding'] === 'gzip',
      limits: defaultGitLimits,
      push: { decide: async ({ commands }) => commands.map(() => 'allow'), finished: async () => [] },
    });
    response.writeHead(200, answer.headers);
    await pipeline(answer.body, response);
    await answer.done;
  }
  return server;
}
