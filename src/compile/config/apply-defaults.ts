import { DEFAULT_KEYS, type InheritConfig, type JobConfig } from '../shape/job.ts';
import { isMapping, MADE_OF, type Mapping, overlay } from '../yaml/mapping.ts';

/**
 * Gives a job what it lacks from `default`, as far as `inherit:default` lets it. A keyword is taken over whole, except `hooks`: there each
 * hook that the job does not set is taken over. A job without anything to take is returned as it is.
 */
export function applyDefaults(job: JobConfig, defaults: Mapping): JobConfig {
  const allowed = allowedKeys(job.inherit, job.trigger !== undefined && job.trigger !== null);
  let result: Mapping | null = null;
  for (const key of allowed) {
    const inherited = defaults[key];
    if (inherited === undefined || inherited === null) continue;
    const own: unknown = job[key];
    const value = key === 'hooks' && isMapping(own) && isMapping(inherited) ? overlay(inherited, own) : inherited;
    if (own !== undefined && own !== null && value === inherited) continue;
    result ??= { ...job, [MADE_OF]: [job as Mapping, defaults] };
    result[key] = value;
  }
  return (result as JobConfig | null) ?? job;
}

const INTERRUPTIBLE_ONLY = ['interruptible'] as const;

/** Of the defaults, trigger jobs know `interruptible` alone. */
function allowedKeys(inherit: InheritConfig | null | undefined, isTrigger: boolean): readonly (keyof JobConfig)[] {
  const wanted = inherit?.default ?? true;
  if (wanted === false) return [];
  const known = isTrigger ? INTERRUPTIBLE_ONLY : DEFAULT_KEYS;
  return wanted === true ? known : known.filter((key) => wanted.includes(key));
}
