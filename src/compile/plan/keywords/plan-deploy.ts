import type { Environment, FailureReason, Retry, Trigger } from '../../../protocol/index.ts';
import type { EnvironmentConfig, TriggerConfig } from '../../shape/deploy.ts';
import type { RetryConfig } from '../../shape/job.ts';
import { plainValue } from '../../yaml/dump-merged.ts';
import { plainList } from '../flatten.ts';

export function planEnvironment(config: EnvironmentConfig): Environment {
  const mapping = typeof config === 'string' ? { name: config } : config;
  return {
    name: mapping.name,
    url: mapping.url ?? null,
    action: (mapping.action as Environment['action'] | null | undefined) ?? 'start',
    onStop: mapping.on_stop ?? null,
    autoStopIn:
      mapping.auto_stop_in === null || mapping.auto_stop_in === undefined ? null : String(mapping.auto_stop_in),
    deploymentTier: mapping.deployment_tier ?? null,
  };
}

export function planTrigger(config: TriggerConfig): Trigger {
  if (typeof config === 'string') return planTrigger({ project: config });
  const common = plainInputs(config.inputs);
  const include = 'include' in config ? (Array.isArray(config.include) ? config.include : [config.include]) : [];
  return {
    include: include.flatMap((item) => {
      if (typeof item === 'string') return [planChild(item, common)];
      return 'local' in item ? [planChild(item.local, { ...common, ...plainInputs(item.inputs) })] : [];
    }),
    project: 'project' in config ? config.project : null,
    branch: 'branch' in config ? (config.branch ?? null) : null,
    strategy: (config.strategy as Trigger['strategy'] | null | undefined) ?? 'none',
    forward: {
      yamlVariables: config.forward?.yaml_variables ?? true,
      pipelineVariables: config.forward?.pipeline_variables ?? false,
    },
  };
}

function planChild(path: string, inputs: Readonly<Record<string, unknown>>): Trigger['include'][number] {
  const local = path.replace(/^\/+/, '');
  return Object.keys(inputs).length === 0 ? { local } : { local, inputs };
}

function plainInputs(inputs: object | null | undefined): Readonly<Record<string, unknown>> {
  return plainValue(inputs ?? {}) as Record<string, unknown>;
}

const NEVER: Retry = { max: 0, when: [], exitCodes: [] };

/** Without `when`, every reason counts, unless exit codes are given: then they alone decide. */
export function planRetry(config: RetryConfig | null | undefined): Retry {
  if (config === null || config === undefined) return NEVER;
  if (typeof config === 'number') return { max: config, when: ['always'], exitCodes: [] };
  const exitCodes = asList(config.exit_codes);
  const when =
    config.when === null || config.when === undefined ? (exitCodes.length > 0 ? [] : ['always']) : asList(config.when);
  return { max: Number(config.max ?? 0), when: when as (FailureReason | 'always')[], exitCodes };
}

function asList<T>(value: T | readonly T[] | null | undefined): readonly T[] {
  if (value === null || value === undefined) return [];
  return Array.isArray(value) ? plainList(value) : [value as T];
}
