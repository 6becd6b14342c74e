import { join } from 'node:path';
import { describeError, errorCode, removeDrafts } from '../../base/index.ts';
import { forgetSteps } from '../../executors/index.ts';
import type { JobPayload } from '../../protocol/index.ts';
import { readJobRecord, writeJobRecord } from '../journal/job-record.ts';
import { STEPS } from '../journal/read-journal.ts';
import { DEFAULT_RUNNER_SETTINGS, type RunnerSettings } from '../open/runner-settings.ts';

/**
 * A finished job's journal stays for the sake of its log and its result. Nobody needs its secrets any more: the scripts of its steps, which
 * set its variables, what they printed before anything was masked, the lines and variables of its payload, the tokens of others, logins, and the environment it began
 * with. Only for a job whose end is on the books. May be called twice; what cannot be removed is told and left.
 */
export function forgetSecrets(directory: string, tell: (message: string) => void): void {
  const forget = (action: () => readonly string[]) => {
    const left = attempt(action);
    if (left.length > 0) tell(`secrets of a finished job are left in ${directory}: ${left.join(', ')}`);
  };
  // One that fails keeps none of the others.
  forget(() => forgetSteps(join(directory, STEPS)));
  forget(() => removeDrafts(directory));
  forget(() => {
    const reading = readJobRecord(directory);
    if (reading.kind !== 'usable') return [];
    const { record } = reading;
    const [payload, settings] = [withoutSecrets(record.payload), withoutScripts(record.settings)];
    writeJobRecord(directory, { ...record, environment: {}, payload, settings }, false);
    return [];
  });
}

/** @returns why not, for people. */
function attempt(action: () => readonly string[]): readonly string[] {
  try {
    return action();
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    // Where nothing was begun nothing is left.
    return errorCode(error) === 'ENOENT' ? [] : [describeError(error)];
  }
}

/** How its server is spoken to stays. */
function withoutScripts(settings: RunnerSettings): RunnerSettings {
  const { preGetSourcesScript, postGetSourcesScript, preBuildScript, postBuildScript } = DEFAULT_RUNNER_SETTINGS;
  const scripts = { preGetSourcesScript, postGetSourcesScript, preBuildScript, postBuildScript };
  const docker = settings.docker === null ? null : { ...settings.docker, services: [] };
  return { ...settings, ...scripts, environment: [], docker, cache: { ...settings.cache, s3: null } };
}

/** The job's own token stays: it opens nothing but its end, which a coordinator that was away has yet to hear of. */
function withoutSecrets(payload: JobPayload): JobPayload {
  return {
    ...payload,
    git_info: { ...payload.git_info, repo_url: '' },
    variables: [],
    steps: payload.steps.map((step) => ({ ...step, script: [] })),
    hooks: [],
    services: payload.services.map((service) => ({ ...service, variables: [] })),
    credentials: [],
    dependencies: payload.dependencies.map((dependency) => ({ ...dependency, token: '' })),
  };
}
