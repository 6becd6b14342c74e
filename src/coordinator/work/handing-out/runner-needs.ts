import type { PlannedJob } from '../../../protocol/index.ts';

/** What a job asks of its runner beyond the usual. Source: GitLab's required runner features. */
const NEEDS: readonly { readonly feature: string; readonly isNeeded: (job: PlannedJob) => boolean }[] = [
  {
    feature: 'upload_multiple_artifacts',
    isNeeded: ({ artifacts }) => artifacts !== null && Object.keys(artifacts.reports).length > 0,
  },
  { feature: 'artifacts_exclude', isNeeded: ({ artifacts }) => artifacts !== null && artifacts.exclude.length > 0 },
  {
    feature: 'return_exit_code',
    isNeeded: ({ allowFailure, retry }) => typeof allowFailure !== 'boolean' || retry.exitCodes.length > 0,
  },
  {
    feature: 'fallback_cache_keys',
    isNeeded: ({ cache }) => cache.some(({ fallbackKeys }) => fallbackKeys.length > 0),
  },
];

/** A runner that lacks one of them leaves the job to others. */
export function lacksFeature(job: PlannedJob, features: ReadonlySet<string>): boolean {
  return NEEDS.some(({ feature, isNeeded }) => isNeeded(job) && !features.has(feature));
}
