import { Failure } from '../../../base/index.ts';
import type { ExecStreams, Reach, RemoteContainer } from '../reach.ts';
import type { AskedProgram, ProgramAnswer, ProgramRequest } from '../run-program.ts';
import { afterBegin } from './after-begin.ts';
import { OTHER_CONTAINER, partAnswer, programText, TELLS_ITS_END, wordsOf } from './bootstrap.ts';
import { readOutput } from './read-output.ts';

const ANSWER_BYTES = 64 * 1024;
const LONGEST_MS = 60_000;

export interface Beginning {
  /** Goes before the program. */
  readonly first?: string;
  /** Of the Failure that its output ends with when nothing was run. */
  readonly refusal: 'exec_refused' | 'reach_cut';
}

/** Sends a program. @throws as `Reach.exec` */
export async function beginProgram(
  reach: Reach,
  container: RemoteContainer,
  request: ProgramRequest & { readonly signal: AbortSignal },
  { first = '', refusal }: Beginning,
): Promise<ExecStreams> {
  const { as, signal } = request;
  const streams = await reach.exec(container.id, wordsOf(request), { as, signal });
  // Whoever does not take it has ended, and its outputs say so.
  streams.stdin.on('error', () => {});
  streams.stdin.write(programText(request, container, first));
  const { stdin, stderr } = streams;
  return {
    ...{ stdin, stderr, stdout: afterBegin(streams.stdout, refusal), close: () => streams.close() },
    get code() {
      return streams.code;
    },
  };
}

/**
 * One try of `RemotePrograms.ask`.
 * @throws Failure `reach_cut`, `container_gone`, `exec_refused` (nothing can be run there), `answer_too_long`
 */
export async function askOnce(reach: Reach, container: RemoteContainer, request: AskedProgram): Promise<ProgramAnswer> {
  const { signal, data, timeoutMs = LONGEST_MS, limitBytes = ANSWER_BYTES } = request;
  const own = AbortSignal.timeout(timeoutMs);
  const limited = { ...request, signal: signal === undefined ? own : AbortSignal.any([own, signal]) };
  const beginning = { first: TELLS_ITS_END, refusal: 'exec_refused' } as const;
  const streams = await beginProgram(reach, container, limited, beginning).catch((error: unknown) => {
    throw own.aborted ? new Failure('reach_cut', `${reach.name} has not answered in time`, { cause: error }) : error;
  });
  try {
    if (data !== undefined) streams.stdin.write(data);
    const read = [streams.stdout, streams.stderr].map((stream) => readOutput(stream, limitBytes));
    const [stdout = Buffer.alloc(0), stderr = Buffer.alloc(0)] = await Promise.all(read);
    return answerOf(reach, { stdout, stderr: stderr.toString() });
  } finally {
    streams.close();
  }
}

function answerOf({ name }: Reach, { stdout, stderr }: Omit<ProgramAnswer, 'code'>): ProgramAnswer {
  const answer = partAnswer(stdout);
  if (answer?.code === OTHER_CONTAINER) throw new Failure('container_gone', `${name} is another one than it was`);
  if (answer !== null) return { ...answer, stderr };
  // What was killed, or came in parts, is tried again.
  throw new Failure('reach_cut', `${name} broke off`);
}
