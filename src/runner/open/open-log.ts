import type { JobPayload } from '../../protocol/index.ts';
import type { JobOptions } from '../job-options.ts';
import { JobLog } from '../log/job-log.ts';
import { createLogFilter, DEFAULT_TOKEN_PREFIXES } from '../log/log-filter.ts';
import { infoLine, warningLine } from '../log/sections.ts';
import type { JobVariables } from '../script/job-variables.ts';

export function openLog(options: JobOptions, payload: JobPayload, variables: JobVariables, limitBytes: number): JobLog {
  const filter = createLogFilter({
    maskedValues: variables.maskedValues,
    tokenPrefixes: [...DEFAULT_TOKEN_PREFIXES, ...payload.features.token_mask_prefixes],
  });
  return new JobLog({ directory: options.directory, filter, limitBytes, onGrowth: options.ports.logGrew });
}

export function openingLines(options: JobOptions, payload: JobPayload, warnings: readonly string[]): string {
  const hello = infoLine(`Running with epilogue ${options.version} on the ${options.executor.name} executor`);
  const handler = payload.hooks.some((hook) => hook.handler !== undefined);
  const ignored = handler && options.executor.name !== 'kubernetes';
  const notes = ignored
    ? [`the ${options.executor.name} executor ignores pre_stop_k8s_container_handler`, ...warnings]
    : warnings;
  return hello + notes.map(warningLine).join('');
}
