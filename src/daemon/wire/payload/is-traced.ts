import { finalValues, type JobPayload, parseGoBoolean, plainVariable } from '../../../protocol/index.ts';
import type { RunnerSettings } from '../../../runner/index.ts';

type Owner = Pick<RunnerSettings, 'debugTraceDisabled' | 'environment'>;

/**
 * Whether a job's log shows more than its scripts mean to: a server keeps such a log from guests. Of services as well, which GitLab's runner tells with any
 * executor.
 */
export function isTraced({ variables }: Pick<JobPayload, 'variables'>, owner: Owner): boolean {
  const given = owner.environment.map(({ key, value }) => plainVariable(key, value, { raw: false }));
  const { values } = finalValues([...given, ...variables], () => '');
  const isOn = (key: string): boolean => parseGoBoolean(values.get(key)?.trim() ?? '') === true;
  return (isOn('CI_DEBUG_TRACE') && !owner.debugTraceDisabled) || isOn('CI_DEBUG_SERVICES');
}
