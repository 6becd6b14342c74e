import type { RunnerFeatures } from '../../../lifecycle/index.ts';

/** Ours calls every few seconds, with something to say or not. */
const OUR_LEASE_MS = 60_000;
/** GitLab's calls at least once a minute, as long as the machine is not too busy. */
const FOREIGN_LEASE_MS = 300_000;

/** Until when after word from its runner an attempt counts as alive. */
export function leaseMs({ phases }: Pick<RunnerFeatures, 'phases'>): number {
  return phases ? OUR_LEASE_MS : FOREIGN_LEASE_MS;
}
