import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { BareRepository } from '../bare/bare-repository.ts';
import { gitFailure } from './git-failure.ts';
import { letGoAfterExit } from './let-go-after-exit.ts';
import { outputOf } from './output-of.ts';
import { endGroup, endInput, startFailure, startGit } from './start-git.ts';
import type { Watch } from './watch.ts';

export interface StreamCall {
  readonly repository: BareRepository;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** What git reads. When git ends early the rest is read and dropped, so that the client gets to read the answer. */
  readonly input: AsyncIterator<Uint8Array> | null;
  /** Of the input; more ends the call with `request_too_large`. */
  readonly maxInputBytes?: number;
  readonly watch: Watch;
  /** It takes a pack, and ends best at the end of its input. */
  readonly receives?: boolean;
  /** Takes git's output; git waits until it resolves. */
  readonly take: (chunk: Buffer) => Promise<void>;
}

export interface StreamEnding {
  readonly code: number;
  /** What git said, the first 64 KiB. */
  readonly words: string;
}

const MAX_WORDS_BYTES = 64 * 1024;

/**
 * Runs git with input and output passed on as they are taken; memory does not grow with them. Resolves, whatever the exit code, when git
 * is gone and its output is taken; what it has left running keeps nobody.
 * @throws Failure with the watch's reason; `git_missing`, `not_a_repository`, `request_too_large`; what `take` and the input throw.
 */
export async function streamGit(call: StreamCall): Promise<StreamEnding> {
  const { repository, watch } = call;
  watch.signal.throwIfAborted();
  const start = { ...repository.start, env: { ...repository.start.env, ...call.env } };
  const child = startGit(start, call.args, repository.gitDir, call.input === null ? 'ignore' : 'pipe');
  let isGone = false;
  const end = () => {
    // Its process id may be somebody else's by now.
    if (!isGone) (call.receives ? endInput : endGroup)(child);
  };
  watch.signal.addEventListener('abort', end, { once: true });
  const trouble = Promise.withResolvers<never>();
  const gone = waitFor(child).finally(() => {
    isGone = true;
  });
  gone.catch(() => {});
  const work = [gone, feed(child, call), drain(child, call, trouble.reject)] as const;
  try {
    const [ending] = await Promise.race([Promise.all(work), trouble.promise]);
    watch.signal.throwIfAborted();
    return ending;
  } catch (error) {
    if (!watch.signal.aborted) end();
    throw startFailure(error, repository.gitDir);
  } finally {
    watch.signal.removeEventListener('abort', end);
    await Promise.allSettled(work);
  }
}

function waitFor(child: ChildProcess): Promise<StreamEnding> {
  const { promise, resolve, reject } = Promise.withResolvers<StreamEnding>();
  const words: Buffer[] = [];
  let bytes = 0;
  child.stderr?.on('data', (chunk: Buffer) => {
    if (bytes < MAX_WORDS_BYTES) words.push(chunk);
    bytes += chunk.length;
  });
  letGoAfterExit(child, [child.stderr]);
  // Nobody takes what is still to be read.
  child.once('exit', () => child.stdin?.destroy());
  child.on('error', reject);
  child.on('close', (code) =>
    resolve({ code: code ?? 128, words: Buffer.concat(words).toString().slice(0, MAX_WORDS_BYTES).trim() }),
  );
  return promise;
}

async function feed({ stdin }: ChildProcess, { input, maxInputBytes, watch }: StreamCall): Promise<void> {
  if (input === null || stdin === null) return;
  // Git need not read it all; it says why by itself.
  stdin.on('error', () => {});
  let bytes = 0;
  for (;;) {
    const { done, value } = await watch.forClient(input.next());
    if (done) break;
    bytes += value.length;
    if (maxInputBytes !== undefined && bytes > maxInputBytes) {
      throw gitFailure('request_too_large', `the request has more than ${maxInputBytes} bytes`);
    }
    if (!stdin.destroyed && !stdin.write(value)) await watch.until(drainedOrClosed(stdin));
  }
  stdin.end();
}

async function drainedOrClosed(stream: NodeJS.WritableStream): Promise<void> {
  const over = new AbortController();
  const { signal } = over;
  await Promise.race([once(stream, 'drain', { signal }), once(stream, 'close', { signal })]).catch(() => {});
  over.abort();
}

/** What nobody takes is read all the same: git shall end by its own ways. */
async function drain(child: ChildProcess, { take }: StreamCall, fail: (error: unknown) => void): Promise<void> {
  let isTaken = true;
  for await (const chunk of outputOf(child)) {
    if (!isTaken) continue;
    try {
      await take(chunk);
    } catch (error) {
      isTaken = false;
      fail(error);
    }
  }
}
