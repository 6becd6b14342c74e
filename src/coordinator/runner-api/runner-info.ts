import type { RunnerFeatures } from '../../lifecycle/index.ts';
import type { ManagerInfo } from '../../store/index.ts';
import { objectOf, textOf } from './loose-values.ts';

/** What a runner says of itself in `info`. */
export interface SaidOfRunner {
  /** Names of the features that it set to true, in order. */
  readonly features: readonly string[];
  readonly info: ManagerInfo;
}

const MOST_FEATURES = 200;
const LONGEST = 255;

export function readRunnerInfo(info: unknown): SaidOfRunner {
  const said = objectOf(info);
  const features = Object.entries(objectOf(said.features))
    .filter(([name, value]) => value === true && name.length <= LONGEST)
    .slice(0, MOST_FEATURES)
    .map(([name]) => name)
    .sort();
  const word = (name: string): string => (textOf(said[name]) ?? '').slice(0, LONGEST);
  return {
    features,
    info: {
      name: word('name'),
      version: word('version'),
      revision: word('revision'),
      platform: word('platform'),
      architecture: word('architecture'),
      executor: word('executor'),
    },
  };
}

/** What of it decides about jobs. Our additions count only for a runner that names them. */
export function lifecycleFeatures(features: readonly string[]): RunnerFeatures {
  return {
    cancelGracefully: features.includes('cancel_gracefully'),
    phases: features.includes('phases'),
    cleanupOnly: features.includes('cleanup_only'),
  };
}
