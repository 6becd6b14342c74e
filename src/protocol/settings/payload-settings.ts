import type { JobPayload } from '../job-payload.ts';
import { finalValues } from '../variables/final-values.ts';
import { type JobSettings, readJobSettings } from './job-settings.ts';

/** The settings that a runner gives a job, from its payload alone: what a coordinator sets its own deadlines by. */
export function payloadSettings(payload: JobPayload): JobSettings {
  // No setting is a path.
  const { values } = finalValues(payload.variables, () => '');
  return readJobSettings((key) => values.get(key), payload.runner_info.timeout);
}
