import type { Server } from './http/server.ts';
import { verifyRunner } from './registration.ts';
import { type InfoOptions, type RunnerInfo, runnerInfo, withAdditions } from './runner-info.ts';

/** What is known of a server: whether it has our additions. */
export interface Acquaintance {
  /** Asks who it is, once, unless that is known. A server that does not answer then is asked again before the next call. Never throws. */
  meet(signal?: AbortSignal): Promise<void>;
  /** Every answer of a server that has them says so. */
  note(answer: Response): void;
  hasAdditions(): boolean | null;
  /** It had them when a job of it was taken, before this process. */
  remember(): void;
  /** What this runner says of itself to it. */
  info(): RunnerInfo;
}

interface Means extends InfoOptions {
  readonly token: () => string;
  readonly systemId: string;
  readonly hasAdditions?: boolean | null;
}

/** No call waits longer than that to learn whom it speaks to. */
const PATIENCE_MS = 10_000;

/** Learns by `runners/verify`, which changes nothing, before anything of ours is said: a job that is handed out to a runner of few words stays one of few words. */
export function createAcquaintance(runner: Means, server: Server): Acquaintance {
  const plain = runnerInfo(runner);
  const full = withAdditions(plain);
  let hasAdditions = runner.hasAdditions ?? null;
  let meeting: Promise<void> | null = null;
  const introduce = async (): Promise<void> => {
    const means = { server, systemId: runner.systemId, info: plain };
    const verified = await verifyRunner(means, runner.token(), { signal: AbortSignal.timeout(PATIENCE_MS), tries: 1 });
    if (verified.kind !== 'unclear') hasAdditions ??= verified.hasAdditions;
    meeting = null;
  };
  return {
    async meet(signal) {
      if (hasAdditions !== null || signal?.aborted === true) return;
      meeting ??= introduce();
      const { promise: left, resolve } = Promise.withResolvers<void>();
      const leave = (): void => resolve();
      signal?.addEventListener('abort', leave);
      await Promise.race([meeting, left]);
      signal?.removeEventListener('abort', leave);
    },
    note({ headers, status }) {
      if (headers.has('epilogue-version')) hasAdditions = true;
      // What a proxy says in its name is not its word.
      else if (status < 400) hasAdditions ??= false;
    },
    hasAdditions: () => hasAdditions,
    remember() {
      hasAdditions = true;
    },
    info: () => (hasAdditions === true ? full : plain),
  };
}
