import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import {
  type BareRepository,
  defaultGitLimits,
  type GitAnswer,
  type GitLimits,
  openRepositories,
  type Push,
  type PushPolicy,
  type PushResult,
  type RefDecision,
  serveGit,
} from '../index.ts';

export interface GitServer {
  readonly url: string;
  readonly repository: BareRepository;
  /** How the exchanges ended, in order: the result of a push, null, or the failure's code. */
  readonly endings: (PushResult | null | string)[];
  readonly finished: PushResult[];
  readonly versions: (string | null)[];
  /** Changed by tests. */
  decide: (push: Push) => readonly RefDecision[] | Promise<readonly RefDecision[]>;
  lines: (result: PushResult) => readonly string[] | Promise<readonly string[]>;
  limits: GitLimits;
  close(): Promise<void>;
}

/** The smallest server that `serveGit` needs, with one repository. @param path where its git is found */
export async function openGitServer(root: string, path = process.env.PATH ?? ''): Promise<GitServer> {
  const repositories = openRepositories({ root, path });
  const repository = await repositories.create(1, { defaultBranch: 'main' });
  const http = createServer((request, response) => void handle(server, request, response));
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const server: GitServer = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/x.git`,
    repository,
    endings: [],
    finished: [],
    versions: [],
    decide: ({ commands }) => commands.map(() => 'allow'),
    lines: () => [],
    limits: defaultGitLimits,
    async close() {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
  return server;
}

async function handle(server: GitServer, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
  const isAdvertisement = pathname.endsWith('/info/refs');
  const name = isAdvertisement ? searchParams.get('service') : pathname.split('/').pop();
  const protocol = request.headers['git-protocol']?.toString() ?? null;
  if (isAdvertisement) server.versions.push(protocol);
  const policy: PushPolicy = {
    decide: async (push) => server.decide(push),
    finished: async (result) => {
      server.finished.push(result);
      return server.lines(result);
    },
  };
  try {
    const answer = await serveGit({
      repository: server.repository,
      service: name === 'git-receive-pack' ? name : 'git-upload-pack',
      protocol,
      body: isAdvertisement ? null : request,
      gzip: request.headers['content-encoding'] === 'gzip',
      ...(request.headers['content-length'] && { contentLength: Number(request.headers['content-length']) }),
      limits: server.limits,
      push: policy,
    });
    await send(server, answer, response, isAdvertisement);
  } catch (error) {
    server.endings.push(codeOf(error));
    response.writeHead(codeOf(error) === 'request_too_large' ? 413 : 500, { connection: 'close' }).end();
  }
}

async function send(server: GitServer, answer: GitAnswer, response: ServerResponse, isQuiet: boolean): Promise<void> {
  response.writeHead(200, answer.headers);
  await pipeline(answer.body, response).catch(() => {});
  const ending = await answer.done.then(
    ({ push }) => push,
    (error) => codeOf(error),
  );
  if (!isQuiet) server.endings.push(ending);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

/** The gits at work in a repository, by what /proc says. */
export function gitsIn({ gitDir }: BareRepository): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return words.includes(gitDir) && /^\S*git /.test(words) ? [words] : [];
      } catch {
        return [];
      }
    });
}
