import type { RunnerAsking } from '../work/index.ts';

const FEATURES = [
  'upload_multiple_artifacts',
  'artifacts_exclude',
  'return_exit_code',
  'fallback_cache_keys',
  'cancel_gracefully',
];

/** Our own runner, as it asks for work. It takes any project's jobs. */
export const OUR_RUNNER: RunnerAsking = {
  runnerId: 1,
  managerId: null,
  fit: {
    projects: 'shared',
    tags: ['docker'],
    runsUntagged: true,
    isProtected: false,
    cancelsGracefully: true,
    takesCleanups: true,
  },
  features: { cancelGracefully: true, phases: true, cleanupOnly: true },
  info: {
    features: new Set([...FEATURES, 'graceful_steps', 'phases', 'cleanup_only']),
    description: 'ours',
    maximumTimeoutS: null,
  },
};

/** GitLab's runner. */
export const FOREIGN_RUNNER: RunnerAsking = {
  ...OUR_RUNNER,
  runnerId: 2,
  fit: { ...OUR_RUNNER.fit, takesCleanups: false },
  features: { cancelGracefully: true, phases: false, cleanupOnly: false },
  info: { features: new Set(FEATURES), description: 'foreign', maximumTimeoutS: null },
};
