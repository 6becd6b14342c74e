import type { Place } from '../../executors/index.ts';
import type { JobPayload } from '../../protocol/index.ts';
import type { CacheStore } from '../job-ports.ts';
import type { JobRun } from '../job-run.ts';
import { say } from '../log/tell.ts';
import type { JobVariables } from '../script/job-variables.ts';
import { type ArchiveLimits, DEFAULT_ARCHIVE_LIMITS } from './archive/archive.ts';

/** What the cache and artifact parts need of a run. */
export function saveOptions(run: JobRun, signal: AbortSignal): SaveOptions {
  const { payload, variables, place } = run;
  return {
    payload,
    variables,
    place,
    cacheDir: run.ports.cacheDir,
    ...(run.ports.cacheStore === undefined ? {} : { cacheStore: run.ports.cacheStore }),
    hashesKeys: run.flags.FF_HASH_CACHE_KEYS,
    limits: DEFAULT_ARCHIVE_LIMITS,
    log: (text) => say(run, text),
    signal,
  };
}

export interface SaveOptions {
  readonly payload: JobPayload;
  readonly variables: JobVariables;
  readonly place: Place;
  readonly cacheDir: string;
  readonly cacheStore?: CacheStore;
  /** `FF_HASH_CACHE_KEYS` */
  readonly hashesKeys: boolean;
  readonly limits: ArchiveLimits;
  readonly log: (text: string) => void;
  readonly signal: AbortSignal;
}
