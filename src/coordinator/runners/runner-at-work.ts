import type { RunnerRecord } from '../../store/index.ts';

/** As GitLab: a runner that was heard of so recently is online. */
export const ONLINE_MS = 2 * 60 * 60 * 1000;

/** What a job asks of whoever takes it. */
export interface Wanted {
  readonly tags: readonly string[];
  /** Of a protected ref. */
  readonly isProtected: boolean;
}

/** What a runner can do beyond its settings is known only when it asks, and not looked at. */
export function fitsRunner({ tags, isProtected }: Wanted, runner: RunnerRecord): boolean {
  return hasTags(tags, runner) && (isProtected || !runner.isProtected);
}

function hasTags(tags: readonly string[], runner: RunnerRecord): boolean {
  return tags.length === 0 ? runner.runUntagged : tags.every((tag) => runner.tags.includes(tag));
}

export interface Stuck {
  readonly reason: 'no_runner_online' | 'no_runner_fits';
  readonly message: string;
}

/** Why a job that waits for a runner will wait on; null: one that is online may take it. @param online those that may have jobs of its project */
export function whyStuck(wanted: Wanted, online: readonly RunnerRecord[]): Stuck | null {
  if (online.some((runner) => fitsRunner(wanted, runner))) return null;
  if (online.length === 0) {
    return { reason: 'no_runner_online', message: 'no runner that takes jobs of this project is online' };
  }
  return { reason: 'no_runner_fits', message: whyNoneFits(wanted, online) };
}

function whyNoneFits({ tags }: Wanted, online: readonly RunnerRecord[]): string {
  if (online.some((runner) => hasTags(tags, runner))) {
    return 'the runners that are online and would fit take only jobs of protected branches and tags';
  }
  return tags.length === 0
    ? 'no runner that is online takes jobs without tags'
    : `no runner that is online has all tags of the job: ${tags.join(', ')}`;
}
