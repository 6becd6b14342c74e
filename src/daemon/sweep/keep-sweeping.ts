import { join } from 'node:path';
import { describeError, Failure } from '../../base/index.ts';
import { readOwner } from '../../runner/index.ts';
import type { RunnerConfig } from '../config/runner-config.ts';
import type { DaemonOptions } from '../daemon-options.ts';
import { type EngineName, enginesOf, sweepEngine } from './sweep-engine.ts';

/** What could not be removed at the end of its job, since the engine was away say, waits that long. */
const SWEEP_EVERY_MS = 60 * 60_000;
/** An engine that has not answered may only be about to start, as this runner was. */
const ASK_AGAIN_MS = 60_000;

export type SweepOptions = Pick<DaemonOptions, 'directory' | 'clock' | 'log'> & {
  /** As the settings are now. */
  readonly config: () => RunnerConfig;
  readonly stop: AbortSignal;
};

/**
 * Removes what jobs of this runner's directory that are over, or that no journal knows any more, have left in the engines of its entries: at once and then every hour, until `stop`
 * aborts. Never rejects for an engine: a runner without one has other work.
 */
export async function keepSweeping({ config, directory, clock, log, stop }: SweepOptions): Promise<void> {
  const say = (text: string): void => log('info', text);
  let told = '';

  /** @returns null, or why nothing could be looked at */
  async function sweepOne(engine: EngineName): Promise<string | null> {
    // Made with the first thing that bears it.
    const places = [{ below: join(directory, 'jobs'), owner: readOwner(directory) }];
    try {
      const { remove } = await sweepEngine({ engine, places, clock, signal: stop });
      await remove({ caches: false, say });
      return null;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      return describeError(error);
    }
  }

  while (!stop.aborted) {
    const all = await Promise.all(enginesOf(config()).map(sweepOne));
    const why = all.filter((each) => each !== null).join('; ');
    if (why !== '' && why !== told && !stop.aborted)
      log('warn', `what jobs may have left in an engine could not be looked at: ${why}`);
    told = why;
    await clock.sleep(why === '' ? SWEEP_EVERY_MS : ASK_AGAIN_MS, stop);
  }
}
