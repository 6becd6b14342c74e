import { describeError, Failure } from '../../base/index.ts';
import type { JobPayload } from '../../protocol/index.ts';
import type { Hearing } from '../hearing.ts';
import type { JobContext } from '../job/run-wire-job.ts';
import type { Places } from './places.ts';

export interface TakeOptions {
  readonly context: JobContext;
  readonly events: Hearing;
  readonly places: Places;
  /** Sees the job through; never rejects. */
  readonly run: (payload: JobPayload) => Promise<void>;
  /** No more jobs. */
  readonly stop: AbortSignal;
}

/** Against a coordinator that does not hold requests. */
const POLL_MS = 3_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Takes jobs for one entry until it is told to stop. Resolves when none of them is left.
 * @throws Failure `runner_refused` (the token is nobody's)
 */
export async function takeJobs({ context, events, places, run, stop }: TakeOptions): Promise<void> {
  const { clock, inform, warn, coordinator } = context;
  const running = new Set<Promise<void>>();
  let lastUpdate: string | null = null;
  for (let pauseMs = FIRST_PAUSE_MS; !stop.aborted; ) {
    const giveBack = await places.take(stop);
    if (giveBack === null) break;
    try {
      const work = await coordinator.requestJob(lastUpdate, stop);
      if (work.kind === 'later') throw new Failure('coordinator_unreachable', work.why);
      pauseMs = FIRST_PAUSE_MS;
      if (work.kind === 'refused')
        throw new Failure('runner_refused', 'the coordinator does not know the token of this runner');
      if (work.hasAdditions) events.hear();
      const isHeld = lastUpdate !== null || work.lastUpdate !== null;
      lastUpdate = work.lastUpdate;
      if (work.kind === 'job') {
        inform(`job ${work.payload.id}: ${work.payload.job_info.name}`);
        const job = run(work.payload).finally(() => {
          running.delete(job);
          giveBack();
        });
        running.add(job);
        continue;
      }
      giveBack();
      // A request that comes back empty at once is one of a coordinator that holds none.
      if (!isHeld) await clock.sleep(POLL_MS, stop);
    } catch (error) {
      giveBack();
      if (error instanceof Failure && error.code === 'runner_refused') throw error;
      if (stop.aborted) break;
      warn(describeError(error));
      await events.pause(pauseMs);
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    }
  }
  await Promise.all(running);
}
