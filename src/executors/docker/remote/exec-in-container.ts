import { once } from 'node:events';
import { type Duplex, PassThrough } from 'node:stream';
import { type Clock, Failure } from '../../../base/index.ts';
import type { ExecOptions, ExecStreams } from '../../remote/reach.ts';
import { framesOf } from '../engine/demultiplex.ts';
import { type Engine, isRefusal, type StreamEngine } from '../engine/engine.ts';

/** After its streams have ended an engine may say for a moment that a program still runs. */
const END_MS = 5_000;
const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 500;

/** As `Reach.exec`. @param engine one that asks once. @throws EngineRefusal, Failure `engine_unreachable`, `canceled` */
export async function execInContainer(
  engine: StreamEngine,
  clock: Pick<Clock, 'monotonic' | 'sleep'>,
  containerId: string,
  { words, as, signal }: ExecOptions & { readonly words: readonly string[] },
): Promise<ExecStreams> {
  const { Id } = (await engine.ask('POST', `/containers/${containerId}/exec`, {
    body: {
      ...{ Cmd: words, WorkingDir: '/', Tty: false, AttachStdin: true, AttachStdout: true, AttachStderr: true },
      ...(as === 'root' ? { User: '0' } : {}),
    },
    signal,
  })) as { Id: string };
  const socket = await engine.takeOver(`/exec/${Id}/start`, { body: { Detach: false, Tty: false }, signal });
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const ended = part(socket, { stdout, stderr });
  ended.catch(() => {});
  let code: Promise<number> | null = null;
  return {
    ...{ stdin: socket, stdout, stderr },
    /** One more request, for whoever wants to know. */
    get code() {
      code ??= ended.then(() => exitCode(engine, clock, Id));
      code.catch(() => {});
      return code;
    },
    close: () => void socket.destroy(),
  };
}

/** Until the connection ends. @throws Failure `reach_cut` */
async function part(socket: Duplex, streams: Readonly<Record<'stdout' | 'stderr', PassThrough>>): Promise<void> {
  const { stdout, stderr } = streams;
  // Whoever reads is told; and nobody may be reading.
  for (const stream of [stdout, stderr]) stream.on('error', () => {});
  try {
    for await (const { kind, bytes } of framesOf(socket)) {
      const stream = streams[kind];
      if (!stream.destroyed && !stream.write(bytes)) await drained(stream, socket);
    }
    stdout.end();
    stderr.end();
  } catch (error) {
    const cut = new Failure('reach_cut', 'the connection to the engine was cut', { cause: error });
    stdout.destroy(cut);
    stderr.destroy(cut);
    throw cut;
  } finally {
    socket.destroy();
  }
}

/** Or nobody wants it any more. */
async function drained(stream: PassThrough, socket: Duplex): Promise<void> {
  const over = new AbortController();
  const { signal } = over;
  const events = [
    once(stream, 'drain', { signal }),
    once(stream, 'close', { signal }),
    once(socket, 'close', { signal }),
  ];
  for (const event of events) event.catch(() => {});
  await Promise.race(events).finally(() => over.abort());
}

/** @throws Failure `reach_cut` */
async function exitCode(engine: Engine, clock: Pick<Clock, 'monotonic' | 'sleep'>, execId: string): Promise<number> {
  const giveUpAt = clock.monotonic() + END_MS;
  try {
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      const exec = (await engine.ask('GET', `/exec/${execId}/json`)) as { Running: boolean; ExitCode: number | null };
      if (!exec.Running && exec.ExitCode !== null) return exec.ExitCode;
      if (clock.monotonic() >= giveUpAt) break;
      await clock.sleep(pauseMs);
    }
  } catch (error) {
    // 404: another engine process knows it no more.
    if (!(error instanceof Failure)) throw error;
    throw new Failure('reach_cut', 'how it has ended is not known', { cause: error });
  }
  throw new Failure('reach_cut', 'its connection has ended, and it has not');
}

/** Whether the engine says that the container does not run, or is not there. */
export function isGone(error: unknown): boolean {
  return isRefusal(error, 404, 409);
}
