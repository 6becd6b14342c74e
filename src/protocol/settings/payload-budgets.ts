import type { JobPayload } from '../job-payload.ts';
import type { Budgets } from '../teardown.ts';
import { readJobSettings } from './job-settings.ts';

/** The budgets a job asks for, from its payload alone: what a coordinator sets its own deadlines by. */
export function payloadBudgets(payload: JobPayload): Budgets {
  const variables = new Map(payload.variables.map(({ key, value }) => [key, value]));
  return readJobSettings((key) => variables.get(key), payload.runner_info.timeout).budgets;
}
