import type { RunnerAtWork, RunnerRecord } from '../../store/index.ts';

/** As GitLab: a runner that was heard of so recently is online. */
export const ONLINE_MS = 2 * 60 * 60 * 1000;

/** What a job asks of whoever takes it. */
export interface Wanted {
  readonly tags: readonly string[];
  /** Of a protected ref. */
  readonly isProtected: boolean;
}

/** A job that waits. */
export interface Waiting extends Wanted {
  /** `interruptible: graceful`: only for runners that cancel so. */
  readonly isGraceful: boolean;
}

/** By its settings alone. */
export function fitsRunner({ tags, isProtected }: Wanted, runner: RunnerRecord): boolean {
  return hasTags(tags, runner) && (isProtected || !runner.isProtected);
}

function hasTags(tags: readonly string[], runner: RunnerRecord): boolean {
  return tags.length === 0 ? runner.runUntagged : tags.every((tag) => runner.tags.includes(tag));
}

export const STUCK_REASONS = [
  'no_runner_online',
  'no_runner_fits',
  'runners_quarantined',
  'no_runner_cancels_gracefully',
] as const;

export interface Stuck {
  readonly reason: (typeof STUCK_REASONS)[number];
  readonly message: string;
}

/** Why a job that waits for a runner will wait on; null: one that is online may take it. @param online those that may have jobs of its project */
export function whyStuck(wanted: Waiting, online: readonly RunnerAtWork[]): Stuck | null {
  const fitting = online.filter((runner) => fitsRunner(wanted, runner));
  if (fitting.length > 0) return whyNoneTakes(wanted, fitting);
  if (online.length === 0) {
    return { reason: 'no_runner_online', message: 'no runner that takes jobs of this project is online' };
  }
  return { reason: 'no_runner_fits', message: whyNoneFits(wanted, online) };
}

/** A runner of which no machine is known may be anything. */
function whyNoneTakes({ isGraceful }: Waiting, fitting: readonly RunnerAtWork[]): Stuck | null {
  if (fitting.some(({ machines }) => machines.length === 0)) return null;
  const able = fitting.flatMap(({ machines }) => machines).filter(({ isQuarantined }) => !isQuarantined);
  if (able.length === 0) {
    const message = 'every runner that is online and would fit is in quarantine, as its cleanups keep failing';
    return { reason: 'runners_quarantined', message };
  }
  if (!isGraceful || able.some(({ cancelsGracefully }) => cancelsGracefully)) return null;
  const message =
    'the job is interruptible: graceful, and no runner that is online and would fit can cancel gracefully';
  return { reason: 'no_runner_cancels_gracefully', message };
}

function whyNoneFits({ tags }: Wanted, online: readonly RunnerRecord[]): string {
  if (online.some((runner) => hasTags(tags, runner))) {
    return 'the runners that are online and would fit take only jobs of protected branches and tags';
  }
  return tags.length === 0
    ? 'no runner that is online takes jobs without tags'
    : `no runner that is online has all tags of the job: ${tags.join(', ')}`;
}
