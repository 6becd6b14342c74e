import { closeSync, fstatSync, openSync, read, watch } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Clock, errorCode } from '../../base/index.ts';
import type { StepState } from '../executor.ts';
import { bootId } from '../steps/process-scan.ts';
import { readClaim, readExit, readWrapper } from '../steps/step-directory.ts';
import { isAlive } from '../steps/step-process.ts';
import type { StepChild } from './start-step.ts';

/** What this process knows of one step, whoever started it. */
export interface StepFollower {
  /** The wrapper is a child of this process: its end is known at once. */
  adopt(child: StepChild): void;
  look(): StepState;
  readLog(offset: number, into: Uint8Array): Promise<number>;
  changed(maxMs: number, signal?: AbortSignal): Promise<void>;
  /** Gives the log's descriptor back; reading opens it again. */
  close(): void;
}

/** How late a change is noticed when the file system does not report it. */
const POLL_MS = 100;
/** A wrapper writes itself down within a millisecond of its claim; one that has not after this long was killed in between. */
const UNNAMED_MS = 1_000;

const readFrom = promisify(read);

export function createStepFollower(stepDir: string, clock: Clock): StepFollower {
  let child: StepChild | null = null;
  /** Set once `child` has ended; its code is null when a signal ended it. */
  let childEnd: { readonly code: number | null } | null = null;
  const onChildEnd = new Set<() => void>();
  let final: StepState | null = null;
  let unnamedSince: number | null = null;
  let log: number | null = null;
  let readUpTo = 0;
  /** Reads under way: the descriptor stays open under them. */
  let reading = 0;
  let closing = false;

  function adopt(started: StepChild): void {
    child = started;
    void started.exited.then((code) => {
      childEnd = { code };
      for (const wake of onChildEnd) wake();
    });
  }

  function look(): StepState {
    const state = final ?? examine();
    if (state.kind === 'ended' || state.kind === 'vanished') final = state;
    return state;
  }

  function examine(): StepState {
    const alive = isWrapperAlive();
    // Read after looking at the process: a wrapper writes first and goes then.
    const code = readExit(stepDir) ?? (alive ? null : (childEnd?.code ?? null));
    if (code !== null) return { kind: 'ended', code };
    if (alive) return { kind: 'running' };
    return { kind: readClaim(stepDir) === 'wrapper' ? 'vanished' : 'absent' };
  }

  function isWrapperAlive(): boolean {
    if (child !== null) return childEnd === null;
    const wrapper = readWrapper(stepDir);
    if (wrapper !== null) return wrapper.boot === bootId() && isAlive(wrapper);
    if (readClaim(stepDir) !== 'wrapper') return false;
    unnamedSince ??= clock.now();
    return clock.now() - unnamedSince < UNNAMED_MS;
  }

  async function readLog(offset: number, into: Uint8Array): Promise<number> {
    log ??= openLog(stepDir);
    if (log === null) return 0;
    reading++;
    const { bytesRead } = await readFrom(log, into, 0, into.length, offset).finally(() => reading--);
    readUpTo = offset + bytesRead;
    if ((bytesRead === 0 && final !== null) || closing) close();
    return bytesRead;
  }

  function hasNews(): boolean {
    if (look().kind !== 'running') return final !== null;
    log ??= openLog(stepDir);
    return log !== null && fstatSync(log).size > readUpTo;
  }

  async function changed(maxMs: number, signal?: AbortSignal): Promise<void> {
    const over = new AbortController();
    const stop = (): void => over.abort();
    signal?.addEventListener('abort', stop, { once: true });
    const unwatch = watchDirectory(stepDir, stop);
    onChildEnd.add(stop);
    const deadline = clock.now() + maxMs;
    // Looked at once the watch stands, so that nothing falls between the caller's last look and the watch.
    while (!signal?.aborted && !over.signal.aborted && !hasNews()) {
      const left = deadline - clock.now();
      if (left <= 0) break;
      await clock.sleep(Math.min(POLL_MS, left), over.signal);
    }
    unwatch();
    onChildEnd.delete(stop);
    signal?.removeEventListener('abort', stop);
  }

  function close(): void {
    closing = reading > 0;
    if (closing || log === null) return;
    closeSync(log);
    log = null;
  }

  return { adopt, look, readLog, changed, close };
}

function openLog(stepDir: string): number | null {
  try {
    return openSync(join(stepDir, 'log'), 'r');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

/** A hint only: when the system has no watches left, or no directory yet, polling does. */
function watchDirectory(path: string, onChange: () => void): () => void {
  try {
    const watcher = watch(path, onChange);
    watcher.on('error', () => watcher.close());
    return () => watcher.close();
  } catch {
    return () => {};
  }
}
