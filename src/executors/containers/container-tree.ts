import { type Clock, Failure } from '../../base/index.ts';
import type { JobProcess, Place } from '../executor.ts';
import { createScanner, type ScanOptions } from './scan-container.ts';

export interface ContainerTreeOptions extends Omit<ScanOptions, 'clock'> {
  readonly clock: Pick<Clock, 'monotonic' | 'sleep'>;
  /** What works for the job on this machine. */
  readonly host: Pick<Place, 'signal'>;
  /** Steps that were claimed a moment ago, whose scripts are not there yet: each counts as one process. */
  readonly starting: () => readonly JobProcess[];
}

/** An exec costs about 100 ms. */
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 500;
/** So long at least is a look waited for. */
const LEAST_LOOK_MS = 2_000;
const UNSEEN: JobProcess = { pid: 0, name: 'what has not been seen in time' };
/** From a wrapper's claim to its script's process. */
const BEGIN_MS = 2_000;

/** All processes of one job in its container, found anew for every signal. */
export function createContainerTree(options: ContainerTreeOptions): Pick<Place, 'signal' | 'untilDead'> {
  const { clock, host, starting } = options;
  const scan = createScanner(options);

  /** A signal to a wrapper whose script is not there yet would be lost on the script. */
  async function letStepsBegin(): Promise<void> {
    for (let waited = 0; waited < BEGIN_MS && starting().length > 0; waited += 10) await clock.sleep(10);
  }

  async function look(limit?: AbortSignal): Promise<readonly JobProcess[]> {
    const [inside, outside] = await Promise.all([scan('none', limit), host.signal('none')]);
    return [...inside, ...outside, ...starting()];
  }

  async function signal(kind: 'TERM' | 'KILL' | 'none'): Promise<readonly JobProcess[]> {
    if (kind === 'none') return await look();
    await letStepsBegin();
    const [inside, outside] = await Promise.all([scan(kind), host.signal(kind)]);
    return [...inside, ...outside, ...starting()];
  }

  async function untilDead(maxMs: number, stop?: AbortSignal): Promise<readonly JobProcess[]> {
    const deadline = clock.monotonic() + maxMs;
    const limit = AbortSignal.any([
      AbortSignal.timeout(Math.max(LEAST_LOOK_MS, maxMs)),
      ...(stop === undefined ? [] : [stop]),
    ]);
    let left: readonly JobProcess[] = [UNSEEN];
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      left = await look(limit).catch((error: unknown) => {
        if (error instanceof Failure && error.code === 'canceled') return left;
        throw error;
      });
      const leftMs = deadline - clock.monotonic();
      if (left.length === 0 || leftMs <= 0 || stop?.aborted) return left;
      await clock.sleep(Math.min(pauseMs, leftMs), stop);
    }
  }

  return { signal, untilDead };
}
