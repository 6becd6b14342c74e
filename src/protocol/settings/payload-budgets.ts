import type { JobPayload } from '../job-payload.ts';
import type { Budgets } from '../teardown.ts';
import { finalValues } from '../variables/final-values.ts';
import { readJobSettings } from './job-settings.ts';

/** The budgets that a runner gives a job, from its payload alone: what a coordinator sets its own deadlines by. */
export function payloadBudgets(payload: JobPayload): Budgets {
  // No setting is a path.
  const { values } = finalValues(payload.variables, () => '');
  return readJobSettings((key) => values.get(key), payload.runner_info.timeout).budgets;
}
