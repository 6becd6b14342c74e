import { readFrames } from '../engine/demultiplex.ts';
import type { Engine } from '../engine/engine.ts';

const LONGEST_OUTPUT_BYTES = 64 * 1024;
const LONGEST_MS = 10_000;

/**
 * Runs a program in a service's container to its end, as its own user.
 * @throws EngineRefusal when it does not run, or has no such program; Failure `engine_unreachable`, `canceled`; an Error when the program does not end
 */
export async function runInService(
  engine: Engine,
  id: string,
  { command, signal }: { readonly command: readonly string[]; readonly signal: AbortSignal },
): Promise<{ readonly code: number | null; readonly output: string }> {
  const more = { signal, timeoutMs: LONGEST_MS };
  const body = { Cmd: command, AttachStdout: true, AttachStderr: true };
  const { Id } = (await engine.ask('POST', `/containers/${id}/exec`, { ...more, body })) as { Id: string };
  const stream = await engine.open('POST', `/exec/${Id}/start`, { ...more, body: { Detach: false, Tty: false } });
  const { stdout, stderr } = await readFrames(stream, LONGEST_OUTPUT_BYTES);
  const { ExitCode } = (await engine.ask('GET', `/exec/${Id}/json`, more)) as { ExitCode: number | null };
  return { code: ExitCode, output: `${stdout}${stderr}`.trim() };
}
