import { describeError, Failure } from '../../base/index.ts';
import type { Place, Say } from '../executor.ts';
import { claimedSteps } from '../steps/step-directory.ts';
import { JobInRemote, type RemoteOptions } from './job-in-remote.ts';
import { createRemotePlace } from './remote-place.ts';

/**
 * A job's place over what a back end has of it, as `Executor.prepare`.
 * @throws Failure `executor_unavailable`, `canceled`: nothing is left
 */
export async function openRemotePlace(options: RemoteOptions, signal: AbortSignal, say?: Say): Promise<Place> {
  const isTakenOver = claimedSteps(options.job.stepsDir).length > 0;
  const remote = new JobInRemote(options);
  try {
    await remote.open(signal, say);
  } catch (error) {
    // Where steps have run they are to be looked at, and others to be tried, whatever became of the place.
    if (!isTakenOver || signal.aborted) {
      await takeAway(remote, say);
      throw asContract(error);
    }
  }
  return createRemotePlace(remote);
}

async function takeAway(remote: JobInRemote, say: Say = () => {}): Promise<void> {
  await remote.remove(false).catch((error: unknown) => {
    if (!(error instanceof Failure)) throw error;
    say(`WARNING: ${describeError(error)}; the runner tries again when it starts, and \`epilogue runner sweep\` does`);
  });
}

function asContract(error: unknown): unknown {
  if (!(error instanceof Failure) || ['executor_unavailable', 'canceled'].includes(error.code)) return error;
  return new Failure('executor_unavailable', describeError(error), { cause: error });
}
