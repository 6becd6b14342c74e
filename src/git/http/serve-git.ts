import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { errorCode } from '../../base/index.ts';
import type { BareRepository } from '../bare/bare-repository.ts';
import { gitFailure } from '../process/git-failure.ts';
import { type Output, openOutput } from '../process/output.ts';
import { streamGit } from '../process/stream-git.ts';
import { createWatch, type Watch } from '../process/watch.ts';
import { capabilitiesOf } from './capabilities.ts';
import type { GitLimits } from './limits.ts';
import { FLUSH, packet } from './pkt-line.ts';
import type { PushPolicy, PushResult } from './push.ts';
import { servePush } from './serve-push.ts';

export type GitService = 'git-upload-pack' | 'git-receive-pack';

export interface GitRequest {
  readonly repository: BareRepository;
  readonly service: GitService;
  /** The `Git-Protocol` header. */
  readonly protocol: string | null;
  /** null: `GET info/refs`. Else the body of the POST; it is destroyed when the exchange is cut after its first byte. */
  readonly body: Readable | null;
  /** `Content-Encoding: gzip`. */
  readonly gzip: boolean;
  /** `Content-Length`, when it was said. */
  readonly contentLength?: number;
  readonly limits: GitLimits;
  /** For `git-receive-pack` with a body. */
  readonly push: PushPolicy | null;
  /** Aborts when the client is gone; that `body` of the answer was closed is seen without it. */
  readonly signal?: AbortSignal;
}

export interface GitAnswer {
  /** The status is 200. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readable;
  /** Settles once git is gone and all is told; rejects with a Failure when the exchange was cut. Never unhandled. */
  readonly done: Promise<{ readonly push: PushResult | null }>;
}

/**
 * Answers one request of smart HTTP. Resolves with the first byte.
 * @throws Failure `not_a_repository`, `git_failed`, `request_too_large`, `bad_request`, `stalled`, `git_timeout`, `canceled` when there is none,
 * and what `push.decide` throws.
 */
export async function serveGit(request: GitRequest): Promise<GitAnswer> {
  const { service, body, limits } = request;
  const watch = createWatch({
    what: `${service} in ${request.repository.gitDir}`,
    stallMs: limits.stallMs,
    deadlineMs: limits.deadlineMs,
    ...(request.signal && { signal: request.signal }),
  });
  const output = openOutput(watch);
  const done = exchange(request, watch, output);
  done.catch(() => {});
  await output.begun;
  return { headers: headersOf(service, body === null), body: output.stream, done };
}

async function exchange(
  request: GitRequest,
  watch: Watch,
  output: Output,
): Promise<{ readonly push: PushResult | null }> {
  try {
    const push = await converse(request, watch, output);
    return { push };
  } catch (error) {
    const failure = readable(error);
    // Before the first byte there is still an answer to give, on the same connection.
    if (output.fail(failure) === 'cut') request.body?.destroy();
    throw failure;
  } finally {
    watch.close();
  }
}

async function converse(request: GitRequest, watch: Watch, output: Output): Promise<PushResult | null> {
  const { repository, service, limits, push } = request;
  if (request.body === null) {
    await advertise(request, watch, output);
    return null;
  }
  const maxBytes =
    service === 'git-upload-pack' ? limits.fetchRequestBytes : limits.push.packBytes + limits.push.headerBytes;
  if ((request.contentLength ?? 0) > maxBytes) {
    throw gitFailure('request_too_large', `a request of ${request.contentLength} bytes, at most ${maxBytes}`);
  }
  const input = readBody(request.body, request.gzip);
  if (service === 'git-receive-pack') {
    if (push === null) throw gitFailure('bad_request', 'a push, and nobody to decide on it');
    return servePush({ repository, input, output, watch, limits, policy: push });
  }
  await runService(request, watch, output, { args: [], input });
  return null;
}

async function advertise(request: GitRequest, watch: Watch, output: Output): Promise<void> {
  const isSecond = request.service === 'git-upload-pack' && request.protocol === 'version=2';
  const capabilities = isSecond ? await capabilitiesOf(request.repository) : null;
  if (capabilities?.said != null) {
    await output.write(capabilities.said);
    output.end();
    return;
  }
  const said: Buffer[] = [];
  let isFirst = true;
  const opening = Buffer.concat([packet(`# service=${request.service}\n`), FLUSH]);
  const announced: Output = {
    ...output,
    async write(chunk) {
      // Version 2 of the protocol says so itself.
      if (isFirst && Buffer.from(chunk).toString('latin1', 4, 13) !== 'version 2') await output.write(opening);
      isFirst = false;
      said.push(Buffer.from(chunk));
      await output.write(chunk);
    },
  };
  await runService(request, watch, announced, { args: ['--advertise-refs'], input: null });
  const words = Buffer.concat(said);
  const isWhole = words.toString('latin1', 4, 13) === 'version 2' && words.subarray(-FLUSH.length).equals(FLUSH);
  if (isWhole) capabilities?.keep(words);
}

async function runService(
  { repository, service, protocol, limits }: GitRequest,
  watch: Watch,
  output: Output,
  { args, input }: { readonly args: readonly string[]; readonly input: AsyncIterator<Uint8Array> | null },
): Promise<void> {
  let isSilent = true;
  const { code, words } = await streamGit({
    repository,
    args: [service.slice('git-'.length), '--stateless-rpc', ...args, repository.gitDir],
    env: protocolOf(protocol),
    input,
    maxInputBytes: limits.fetchRequestBytes,
    watch,
    async take(chunk) {
      isSilent = false;
      await output.write(chunk);
    },
  });
  // Once it has spoken, git has told the client itself.
  if (code !== 0 && isSilent) throw gitFailure('git_failed', `${service} in ${repository.gitDir}: ${words || code}`);
  output.end();
}

/** Only what the protocol knows: it becomes git's environment. */
function protocolOf(header: string | null): Readonly<Record<string, string>> {
  return header !== null && /^[\w=.:-]{1,100}$/.test(header) ? { GIT_PROTOCOL: header } : {};
}

function readBody(body: Readable, gzip: boolean): AsyncIterator<Uint8Array> {
  if (!gzip) return body[Symbol.asyncIterator]();
  const plain = createGunzip();
  // Whoever iterates hears of it, from the first asking to the last: what comes before and after would end the process.
  plain.on('error', () => {});
  body.on('error', (error) => plain.destroy(error));
  body.on('close', () => {
    if (!body.readableEnded) plain.destroy(gitFailure('canceled', 'the client hung up'));
  });
  return body.pipe(plain)[Symbol.asyncIterator]();
}

/** What Node says of a body that broke off, in our codes. */
function readable(error: unknown): unknown {
  const code = errorCode(error) ?? '';
  if (code.startsWith('Z_')) return gitFailure('bad_request', 'the body is no gzip', error);
  const isCut = code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ABORT_ERR';
  return isCut ? gitFailure('canceled', 'the client hung up', error) : error;
}

function headersOf(service: GitService, isAdvertisement: boolean): Readonly<Record<string, string>> {
  return {
    'content-type': `application/x-${service}-${isAdvertisement ? 'advertisement' : 'result'}`,
    'cache-control': 'no-cache, max-age=0, must-revalidate',
    expires: 'Fri, 01 Jan 1980 00:00:00 GMT',
    pragma: 'no-cache',
  };
}
