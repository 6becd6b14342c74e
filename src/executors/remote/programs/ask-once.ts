import { Failure } from '../../../base/index.ts';
import { OTHER_CONTAINER, partAnswer, programText, TELLS_ITS_END, wordsOf } from './bootstrap.ts';
import type { ExecStreams, Reach, RemoteContainer } from '../reach.ts';
import { readOutput } from './read-output.ts';
import type { AskedProgram, ProgramAnswer, ProgramRequest } from '../run-program.ts';

const ANSWER_BYTES = 64 * 1024;
const LONGEST_MS = 60_000;
/** Of a shell: no such program, or one that cannot be started. */
const NOT_RUN: readonly number[] = [126, 127];

/** Sends a program, and what goes before it. @throws as `Reach.exec` */
export async function beginProgram(
  reach: Reach,
  container: RemoteContainer,
  request: ProgramRequest & { readonly signal: AbortSignal },
  first = '',
): Promise<ExecStreams> {
  const { as, signal } = request;
  const streams = await reach.exec(container.id, wordsOf(request), { as, signal });
  // Whoever does not take it has ended, and its outputs say so.
  streams.stdin.on('error', () => {});
  streams.stdin.write(programText(request, container, first));
  return streams;
}

/**
 * One try of `RemotePrograms.ask`.
 * @throws Failure `reach_cut`, `container_gone`, `exec_refused` (nothing can be run there), `answer_too_long`
 */
export async function askOnce(reach: Reach, container: RemoteContainer, request: AskedProgram): Promise<ProgramAnswer> {
  const { signal, data, timeoutMs = LONGEST_MS, limitBytes = ANSWER_BYTES } = request;
  const own = AbortSignal.timeout(timeoutMs);
  const limited = { ...request, signal: signal === undefined ? own : AbortSignal.any([own, signal]) };
  const streams = await beginProgram(reach, container, limited, TELLS_ITS_END).catch((error: unknown) => {
    throw own.aborted ? new Failure('reach_cut', `${reach.name} has not answered in time`, { cause: error }) : error;
  });
  try {
    if (data !== undefined) streams.stdin.write(data);
    const read = [streams.stdout, streams.stderr].map((stream) => readOutput(stream, limitBytes));
    const [stdout = Buffer.alloc(0), stderr = Buffer.alloc(0)] = await Promise.all(read);
    return await answerOf(reach, streams, { stdout, stderr: stderr.toString() });
  } finally {
    streams.close();
  }
}

async function answerOf(
  { name }: Reach,
  streams: ExecStreams,
  { stdout, stderr }: Omit<ProgramAnswer, 'code'>,
): Promise<ProgramAnswer> {
  const answer = partAnswer(stdout);
  if (answer?.code === OTHER_CONTAINER) throw new Failure('container_gone', `${name} is another one than it was`);
  if (answer !== null) return { ...answer, stderr };
  const code = await streams.code;
  if (NOT_RUN.includes(code))
    throw new Failure('exec_refused', `nothing can be run in ${name}: ${(stderr || String(stdout)).trim()}`);
  // What was killed, or came in parts, is tried again.
  throw new Failure('reach_cut', `${name} broke off (exit code ${code})`);
}
