/** In GitLab's order: the first that fits counts, wherever in the name it stands. */
const TIERS: readonly (readonly [string, RegExp])[] = [
  ['development', /dev|review|trunk/i],
  ['testing', /test|tst|int|ac(ce)?pt|qa|qc|control|quality/i],
  ['staging', /sta?g|mode?l|pre|demo|non/i],
  ['production', /pro?d|live/i],
];

/** `CI_ENVIRONMENT_TIER` of an environment without `deployment_tier`, guessed from its name. Source: GitLab. */
export function deploymentTier(environment: string): string {
  return TIERS.find(([, pattern]) => pattern.test(environment))?.[0] ?? 'other';
}
