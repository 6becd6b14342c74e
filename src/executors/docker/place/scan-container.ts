import type { Clock } from '../../../base/index.ts';
import type { JobProcess } from '../../executor.ts';
import { inspectContainer } from '../container/job-container.ts';
import type { JobContainer } from '../container/private-notes.ts';
import { type InsideResult, runInside } from '../container/run-inside.ts';
import { type Engine, EngineRefusal, isRefusal } from '../engine/engine.ts';
import { SCAN_SCRIPT } from './scan-script.ts';

export interface ScanOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  /** Id or name of the container. */
  readonly name: () => string;
  /** As it was when it started last; null: it does not run, or is not there. */
  readonly known: () => Promise<Pick<JobContainer, 'waiter' | 'spared'> | null>;
}

/** With which the scan ends when some could not be killed. */
const LEFT = 9;
/** What has not died of KILL for so long hangs in the kernel. */
const STUCK_MS = 10_000;

/** Looks at the processes of a job in its container, and signals them. Where nothing can be run in there any more, KILL ends the container. */
export function createScanner({
  engine,
  name,
  clock,
  known,
}: ScanOptions): (kind: 'TERM' | 'KILL' | 'none', limit?: AbortSignal) => Promise<readonly JobProcess[]> {
  let stuckSince: number | null = null;

  async function scan(kind: 'TERM' | 'KILL' | 'none', limit?: AbortSignal): Promise<readonly JobProcess[]> {
    const container = await known();
    // A container that does not run has no processes.
    if (container === null) return [];
    const command = ['sh', '-c', SCAN_SCRIPT, 'epilogue-scan', kind, String(container.waiter), ...container.spared];
    const result = await runScan(command, limit);
    if (result === null) return [];
    if (result.code === 0) stuckSince = null;
    else if (result.code === LEFT) stuckSince ??= clock.monotonic();
    const isStuck = stuckSince !== null && clock.monotonic() - stuckSince > STUCK_MS;
    if (isLooked(result) && !isStuck) return parse(result.stdout);
    if (kind === 'KILL') await killContainer();
    return [{ pid: 0, name: `what nobody can look at: ${result.stderr.trim() || `exit code ${result.code}`}` }];
  }

  /** null: the container does not run. What the engine says is in `stderr` where nothing could be run in the container: its memory is used up, say. */
  async function runScan(command: readonly string[], limit?: AbortSignal): Promise<InsideResult | null> {
    try {
      return (
        (await runInside(engine, name(), command, limit)) ??
        ((await wake()) ? await runInside(engine, name(), command, limit) : null)
      );
    } catch (error) {
      if (!(error instanceof EngineRefusal)) throw error;
      return { code: -1, stdout: '', stderr: error.words };
    }
  }

  /** The last resort: nothing in it can be signalled any other way. Its files stay, and it can be started again. */
  async function killContainer(): Promise<void> {
    await engine.ask('POST', `/containers/${name()}/kill`).catch((error: unknown) => {
      if (!isRefusal(error, 404, 409)) throw error;
    });
  }

  /** A script with the engine's socket can have paused its own container. */
  async function wake(): Promise<boolean> {
    const state = await inspectContainer(engine, name());
    if (state === null || !state.isPaused) return false;
    await engine.ask('POST', `/containers/${name()}/unpause`).catch((error: unknown) => {
      if (!isRefusal(error, 404, 409, 500)) throw error;
    });
    return true;
  }

  return scan;
}

/** It came to its end, whatever was left. */
function isLooked({ code }: InsideResult): boolean {
  return code === 0 || code === LEFT;
}

function parse(output: string): readonly JobProcess[] {
  return output.split('\n').flatMap((line) => {
    const [, pid, name] = /^(\d+) (.*)$/.exec(line) ?? [];
    return pid === undefined ? [] : [{ pid: Number(pid), name: name ?? '' }];
  });
}
