import { Failure } from '../../../base/index.ts';
import type { InsideResult } from '../../containers/run-inside.ts';
import { readFrames } from '../engine/demultiplex.ts';
import { type Engine, isRefusal } from '../engine/engine.ts';

/** More than the names of all processes that a container may have. */
const LONGEST_OUTPUT_BYTES = 4 * 1024 * 1024;
/** In a container that is short of everything, too. */
const LONGEST_MS = 60_000;

/**
 * Runs a program in a container, as root, to its end. null: the container does not run, or is not there.
 * @throws Failure `engine_unreachable`, `canceled`; EngineRefusal
 */
export async function runInside(
  engine: Engine,
  containerId: string,
  command: readonly string[],
  signal?: AbortSignal,
): Promise<InsideResult | null> {
  const more = { timeoutMs: LONGEST_MS, ...(signal === undefined ? {} : { signal }) };
  try {
    const body = {
      Cmd: command,
      User: '0',
      WorkingDir: '/',
      AttachStdout: true,
      AttachStderr: true,
      Privileged: false,
    };
    const { Id } = (await engine.ask('POST', `/containers/${containerId}/exec`, { ...more, body })) as { Id: string };
    const stream = await engine.open('POST', `/exec/${Id}/start`, { ...more, body: { Detach: false, Tty: false } });
    const { stdout, stderr } = await readFrames(stream, LONGEST_OUTPUT_BYTES);
    const { ExitCode } = (await engine.ask('GET', `/exec/${Id}/json`, more)) as { ExitCode: number | null };
    return { code: ExitCode ?? -1, stdout, stderr };
  } catch (error) {
    // 404: gone; 409: it does not run, or is paused.
    if (isRefusal(error, 404, 409)) return null;
    if (error instanceof Failure) throw error;
    throw new Failure('engine_unreachable', `the Docker Engine at ${engine.name} broke off`, { cause: error });
  }
}
