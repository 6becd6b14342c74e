import { finalValues, type JobPayload } from '../../../protocol/index.ts';
import type { JobPorts, RunnerSettings } from '../../../runner/index.ts';
import type { Build } from '../../builds/build.ts';
import { openS3Cache } from '../../cache/s3-cache.ts';

export interface CachePortOptions {
  readonly payload: JobPayload;
  readonly build: Pick<Build, 'shortToken'>;
  readonly settings: Pick<RunnerSettings, 'cache'>;
}

const DEFAULT_MINUTES = 10;
const MAX_MINUTES = 24 * 60;

/** The store of caches that the runner's owner has named, if any. */
export function cachePort({ payload, build, settings }: CachePortOptions): Pick<JobPorts, 'cacheStore'> {
  const { s3, ...cache } = settings.cache;
  if (s3 === null) return {};
  const { shortToken } = build;
  const projectId = payload.job_info.project_id;
  return { cacheStore: openS3Cache({ ...cache, s3, shortToken, projectId, requestMs: requestMs(payload) }) };
}

/** `CACHE_REQUEST_TIMEOUT`, in minutes. */
function requestMs({ variables }: JobPayload): number {
  const text = finalValues(variables, () => '').values.get('CACHE_REQUEST_TIMEOUT') ?? '';
  const minutes = /^[1-9]\d{0,5}$/.test(text.trim()) ? Number(text) : DEFAULT_MINUTES;
  return Math.min(minutes, MAX_MINUTES) * 60_000;
}
