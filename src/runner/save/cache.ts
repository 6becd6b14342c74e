import type { Place } from '../../executors/index.ts';
import type { JobPayload } from '../../protocol/index.ts';
import type { JobVariables } from '../script/job-variables.ts';
import type { ArchiveLimits } from './archive.ts';

export interface CacheOptions {
  /** `cache`, `job_info` and `git_info` are read. */
  readonly payload: JobPayload;
  readonly variables: Pick<JobVariables, 'get' | 'expand'>;
  /** Shared by all jobs, runs and projects. */
  readonly cacheDir: string;
  readonly place: Place;
  readonly limits: ArchiveLimits;
  readonly log: (text: string) => void;
  readonly signal: AbortSignal;
}

/** Restores each cache from its key, its fallback keys or `CACHE_FALLBACK_KEY`. Trouble is a warning in the log. */
export declare function restoreCaches(options: CacheOptions): Promise<void>;

/** Saves each cache whose `when` and `policy` allow it. Trouble is a warning in the log. */
export declare function saveCaches(options: CacheOptions, succeeded: boolean): Promise<void>;
