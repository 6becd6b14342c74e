import type { RunnerFeatures } from '../../lifecycle/index.ts';
import type { ManagerInfo, Quarantine } from '../../store/index.ts';
import { objectOf, textOf } from './loose-values.ts';

/** What a runner says of itself in `info`. */
export interface SaidOfRunner {
  /** Names of the features that it set to true, in order. */
  readonly features: readonly string[];
  readonly info: ManagerInfo;
  readonly quarantine: Quarantine | null;
}

const MOST_FEATURES = 200;
const LONGEST = 255;
const LONGEST_INSTANT = 40;
const LONGEST_REASON = 1_000;

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
    quarantine: readQuarantine(said.quarantine),
  };
}

/** `reason`: a text, or several. Without an instant there is none: nobody could release it. */
function readQuarantine(value: unknown): Quarantine | null {
  const said = objectOf(value);
  const since = textOf(said.since) ?? '';
  if (since.length > LONGEST_INSTANT || Number.isNaN(Date.parse(since))) return null;
  const why = said.reason ?? said.why;
  const texts = (Array.isArray(why) ? why : [why]).flatMap((each) => textOf(each) ?? []);
  return { since, reason: texts.join('; ').slice(0, LONGEST_REASON) };
}

/** What of it decides about jobs. Our additions count only for a runner that names them. */
export function lifecycleFeatures(features: readonly string[]): RunnerFeatures {
  return {
    cancelGracefully: features.includes('cancel_gracefully'),
    phases: features.includes('phases'),
    cleanupOnly: features.includes('cleanup_only'),
  };
}
