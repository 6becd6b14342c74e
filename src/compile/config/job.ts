import type { HooksConfig } from '../shape/hooks.ts';
import type { DefaultKeyword, InheritConfig, JobConfig } from '../shape/job.ts';
import { DEFAULT_KEYS } from '../shape/job.ts';
import { type Mapping, overlay } from '../yaml/mapping.ts';

/** A visible job after `extends`, and what it takes over from `default`. Jobs with the same `inherit` share their defaults. */
export interface Job {
  readonly name: string;
  /** Place among the jobs of the file, from 0. */
  readonly order: number;
  readonly stage: string;
  /** The job's own keywords. */
  readonly config: JobConfig;
  readonly defaults: JobConfig;
}

/** A keyword as it counts for the job: its own value, else the default. A default is taken over whole, never merged. */
export function keyword<K extends Exclude<DefaultKeyword, 'hooks'>>(job: Job, key: K): JobConfig[K] {
  return job.config[key] ?? job.defaults[key];
}

/** Hooks are taken over one by one: a job that sets one keeps the other. */
export function hooksOf(job: Job): HooksConfig | null | undefined {
  const { hooks: own } = job.config;
  const { hooks: inherited } = job.defaults;
  if (!own || !inherited) return own ?? inherited;
  return overlay(inherited as Mapping, own as Mapping) as HooksConfig;
}

/** Picks from the defaults what a job's `inherit:default` lets through. */
export function defaultsPicker(defaults: JobConfig): (config: JobConfig) => JobConfig {
  const known = new Map<InheritConfig['default'], JobConfig>();
  const { interruptible } = defaults;
  const ofTrigger: JobConfig = interruptible === undefined ? {} : { interruptible };
  return ({ inherit, trigger }) => {
    const wanted = inherit?.default ?? true;
    // Of the defaults, trigger jobs know `interruptible` alone.
    const available = trigger === undefined || trigger === null ? defaults : ofTrigger;
    if (wanted === true) return available;
    if (wanted === false) return {};
    if (available === ofTrigger) return wanted.includes('interruptible') ? ofTrigger : {};
    let picked = known.get(wanted);
    if (picked === undefined) {
      const keys = DEFAULT_KEYS.filter((key) => wanted.includes(key) && defaults[key] !== undefined);
      picked = Object.fromEntries(keys.map((key) => [key, defaults[key]])) as JobConfig;
      known.set(wanted, picked);
    }
    return picked;
  };
}
