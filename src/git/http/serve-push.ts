import { type BareRepository, KEPT_REFS } from '../bare/bare-repository.ts';
import { listRefs } from '../bare/refs.ts';
import { gitFailure } from '../process/git-failure.ts';
import type { Output } from '../process/output.ts';
import { streamGit } from '../process/stream-git.ts';
import type { Watch } from '../process/watch.ts';
import { isRefName } from '../read/names.ts';
import type { GitLimits } from './limits.ts';
import { bandPackets, FLUSH } from './pkt-line.ts';
import type { PushedRef, PushPolicy, PushResult, RefDecision } from './push.ts';
import {
  type AnsweredRef,
  createAnswerReader,
  type GitReport,
  oneLine,
  writeLines,
  writeReport,
} from './push-report.ts';
import { type PushRequest, readPushRequest, type WireCommand, writePushHeader } from './push-request.ts';

export interface PushExchange {
  readonly repository: BareRepository;
  readonly input: AsyncIterator<Uint8Array>;
  readonly output: Output;
  readonly watch: Watch;
  readonly limits: GitLimits;
  readonly policy: PushPolicy;
}

/** A push from its first byte to its answer; docs/git.md has the picture. null: nothing was asked for (a client that probes). */
export async function servePush(exchange: PushExchange): Promise<PushResult | null> {
  const { input, watch, limits, policy, output } = exchange;
  const request = await readPushRequest(input, watch, limits.push);
  if (request.commands.length === 0) {
    output.end();
    return null;
  }
  const { commands, options } = request;
  const shown = commands.map(({ ref, oldSha, newSha }) => ({ ref, oldSha, newSha }));
  const decisions = await watch.until(
    within(policy.decide({ commands: shown, options }), limits.push.decideMs, 'the decision on a push'),
  );
  const refusals = refuse(request, decisions);
  const asked = commands.filter((_, index) => refusals[index] === null);
  const fastForwardOnly = decisions.includes('fast_forward_only');
  const received = await receive(exchange, request, asked, fastForwardOnly);
  const answers = commands.map((command, index): AnsweredRef => {
    const reason = refusals[index] ?? received.reasonOf(command, decisions[index]);
    const { ref, oldSha, newSha } = command;
    return { command, pushed: { ref, oldSha, newSha, accepted: reason === null, reason } satisfies PushedRef };
  });
  const result = { refs: answers.map(({ pushed }) => pushed), options };
  const finished = policy.finished(result);
  finished.catch(() => {});
  if (received.failure !== null) {
    await finished;
    throw received.failure;
  }
  await answer(exchange, request, writeReport(received.unpack, answers, received.report), finished);
  await finished;
  return result;
}

/** Why each command does not reach git; null: it does. */
function refuse(
  { commands, capabilities }: PushRequest,
  decisions: readonly RefDecision[],
): readonly (string | null)[] {
  const reasons = commands.map((command, index) => {
    const decision = decisions[index];
    if (decision === undefined) return 'refused: nobody decided on it';
    if (typeof decision === 'object') return oneLine(decision.refuse);
    return refuseName(command);
  });
  if (!capabilities.has('atomic') || reasons.every((reason) => reason === null)) return reasons;
  return reasons.map((reason) => reason ?? 'atomic push failed: another ref was refused');
}

function refuseName({ ref, wireRef }: WireCommand): string | null {
  if (Buffer.from(ref).toString('latin1') !== wireRef) return 'the name is not UTF-8';
  if (!ref.startsWith('refs/') || !isRefName(ref)) return 'not a name that a ref can have';
  const name = /^refs\/(?:heads|tags)\/(.*)$/.exec(ref)?.[1];
  if (name !== undefined && (!isRefName(name) || name === 'HEAD')) return 'not a name that a branch or tag can have';
  return ref.startsWith(`${KEPT_REFS}/`) ? 'the name is reserved' : null;
}

interface Received {
  readonly unpack: string;
  readonly report: GitReport | null;
  /** Of a command that git was asked for. */
  reasonOf(command: WireCommand, decision: RefDecision | undefined): string | null;
  /** Why there is nobody to answer, or nothing to answer with. */
  readonly failure: unknown;
}

async function receive(
  exchange: PushExchange,
  request: PushRequest,
  asked: readonly WireCommand[],
  fastForwardOnly: boolean,
): Promise<Received> {
  if (asked.length === 0) {
    const failure = await drop(exchange).catch((error: unknown) => error);
    return { unpack: 'ok', report: null, failure: failure ?? null, reasonOf: () => null };
  }
  const isBanded = request.capabilities.has('side-band-64k');
  const reader = createAnswerReader(async (data) => {
    if (isBanded) await exchange.output.write(bandPackets(2, data));
  });
  const failure = await runReceivePack(exchange, request, asked, { fastForwardOnly, take: reader.push }).then(
    () => null,
    (error: unknown) => error,
  );
  const report = reader.report();
  if (report !== null)
    return { unpack: report.unpack, report, failure, reasonOf: (...args) => reasonIn(report, ...args) };
  // Git died on the way: what moved is what the refs say.
  const refs = new Map((await listRefs(exchange.repository)).map(({ name, sha }) => [name, sha]));
  const reasonOf = ({ ref, oldSha, newSha }: WireCommand) => {
    const isThere = (refs.get(ref) ?? '0'.repeat(newSha.length)) === newSha && oldSha !== newSha;
    return isThere ? null : 'git ended before it was done';
  };
  return { unpack: 'git ended before it was done', report, failure, reasonOf };
}

function reasonIn(report: GitReport, { wireRef }: WireCommand, decision: RefDecision | undefined): string | null {
  const found = report.refs.get(wireRef);
  if (found === undefined) return 'git did not say what became of it';
  const isCaughtByOthers = found.reason === 'non-fast-forward' && decision === 'allow';
  return isCaughtByOthers ? 'forced, in one push with a branch that must not be: push it on its own' : found.reason;
}

async function runReceivePack(
  { repository, input, limits, watch }: PushExchange,
  request: PushRequest,
  asked: readonly WireCommand[],
  { fastForwardOnly, take }: { readonly fastForwardOnly: boolean; readonly take: (chunk: Buffer) => Promise<void> },
): Promise<void> {
  const settings = [
    ...['-c', `receive.maxInputSize=${limits.push.packBytes}`],
    ...['-c', `receive.denyNonFastForwards=${fastForwardOnly}`],
  ];
  const head = [writePushHeader(request, asked), request.rest].filter(({ length }) => length > 0);
  await streamGit({
    repository,
    args: [...settings, 'receive-pack', '--stateless-rpc', repository.gitDir],
    input: {
      async next() {
        const value = head.shift();
        return value === undefined ? input.next() : { done: false, value };
      },
    },
    // Git stops at the limit and says so; the client goes on for a while before it listens.
    maxInputBytes: 2 * limits.push.packBytes + limits.push.headerBytes,
    watch,
    receives: true,
    take,
  });
}

/** The pack of a push of which nothing is left; the client only listens when it has sent it. */
async function drop({ input, watch, limits }: PushExchange): Promise<void> {
  let bytes = 0;
  for (;;) {
    const { done, value } = await watch.forClient(input.next());
    if (done) return;
    bytes += value.length;
    if (bytes > limits.push.packBytes) throw gitFailure('request_too_large', 'the pack of a refused push is too large');
  }
}

async function answer(
  { output, watch, limits }: PushExchange,
  { capabilities }: PushRequest,
  report: Buffer,
  finished: Promise<readonly string[]>,
): Promise<void> {
  const isReported = capabilities.has('report-status') || capabilities.has('report-status-v2');
  const isBanded = capabilities.has('side-band-64k');
  if (isReported) await output.write(isBanded ? bandPackets(1, report) : report);
  if (isBanded) {
    const lines = await watch.until(within(finished, limits.push.finishedMs, '').catch(() => []));
    if (lines.length > 0) await output.write(writeLines(lines));
    await output.write(FLUSH);
  }
  output.end();
}

async function within<T>(work: Promise<T>, ms: number, what: string): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(gitFailure('git_timeout', `${what} took longer than ${ms} ms`)), ms);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
