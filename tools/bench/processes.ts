import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../..');
export const program = join(root, 'dist/main.js');
const timeoutMs = 10 * 60_000;
const pollMs = 10;

/** Wall-clock ms of a command; its output goes nowhere. Throws when it fails: a failed run is no measurement. */
export function time(
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): number {
  const startedAt = performance.now();
  const { status, signal, error, stderr } = spawnSync(command, args, {
    ...options,
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: timeoutMs,
  });
  if (status !== 0)
    throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? signal ?? `exit ${status}`}\n${stderr}`);
  return performance.now() - startedAt;
}

export interface TimedRun {
  readonly ms: number;
  /** The most resident memory that the process itself had, read until its end. */
  readonly peakKiB: number;
}

/** As `time`, and watches the peak of the process's memory. */
export async function timeWithPeak(
  command: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<TimedRun> {
  const startedAt = performance.now();
  const child = spawn(command, args, { cwd, env, stdio: 'ignore', timeout: timeoutMs });
  let peakKiB = 0;
  const watch = setInterval(() => {
    peakKiB = Math.max(peakKiB, readPeak(child.pid));
  }, pollMs);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('exit', resolve);
    child.once('error', reject);
  });
  clearInterval(watch);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')}: exit ${code}`);
  return { ms: performance.now() - startedAt, peakKiB };
}

function readPeak(pid: number | undefined): number {
  try {
    return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0; // it has just ended
  }
}
