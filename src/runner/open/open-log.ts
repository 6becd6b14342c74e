import type { JobPayload } from '../../protocol/index.ts';
import type { JobOptions } from '../job-options.ts';
import { JobLog } from '../log/job-log.ts';
import { createLogFilter, DEFAULT_TOKEN_PREFIXES, PERSONAL_TOKEN_PREFIXES } from '../log/log-filter.ts';
import { infoLine, warningLine } from '../log/sections.ts';
import type { JobVariables } from '../script/job-variables.ts';
import type { FeatureFlags } from './feature-flags.ts';

export interface LogFacts {
  readonly payload: JobPayload;
  readonly variables: JobVariables;
  readonly flags: FeatureFlags;
  readonly limitBytes: number;
}

export function openLog(options: JobOptions, { payload, variables, flags, limitBytes }: LogFacts): JobLog {
  const known = flags.FF_MASK_ALL_DEFAULT_TOKENS ? DEFAULT_TOKEN_PREFIXES : PERSONAL_TOKEN_PREFIXES;
  const filter = createLogFilter({
    maskedValues: [...variables.maskedValues, ...(options.secrets ?? [])],
    tokenPrefixes: [...known, ...payload.features.token_mask_prefixes],
  });
  const now = flags.FF_TIMESTAMPS ? () => options.clock.now() : null;
  return new JobLog({ directory: options.directory, filter, now, limitBytes, onGrowth: options.ports.logGrew });
}

export function openingLines(options: JobOptions, payload: JobPayload, warnings: readonly string[]): string {
  const hello = infoLine(`Running with epilogue ${options.version} on the ${options.executor.name} executor`);
  const handler = payload.hooks.some((hook) => hook.handler !== undefined);
  const ignored = handler && options.executor.name !== 'kubernetes';
  const notes = ignored
    ? [`the ${options.executor.name} executor ignores pre_stop_k8s_container_handler`, ...warnings]
    : warnings;
  const { execution_policy_job: isPolicys, policy_name: name } = payload.policy_options ?? {};
  const origin = isPolicys === true ? infoLine(`This job was added by the policy ${JSON.stringify(name ?? '')}`) : '';
  return hello + origin + notes.map(warningLine).join('');
}
