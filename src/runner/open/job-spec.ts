import { dirname } from 'node:path';
import type { JobSpec } from '../../executors/index.ts';
import type { JobOptions } from '../job-options.ts';
import type { JobRecord } from '../journal/job-record.ts';
import type { JobVariables, Surroundings } from '../script/job-variables.ts';
import type { FeatureFlags } from './feature-flags.ts';
import type { RunnerSettings } from './runner-settings.ts';

export function jobSpec(options: JobOptions, record: JobRecord, variables: JobVariables): JobSpec {
  const { payload, cookie, environment } = record;
  return {
    stepsDir: `${options.directory}/steps`,
    projectDir: options.projectDir,
    cookie,
    environment,
    image: payload.image,
    services: payload.services,
    variables: Object.fromEntries(variables.exports.map(({ key, value }) => [key, value])),
    preStopHandler: payload.hooks.find(({ name }) => name === 'pre_stop_k8s_container_handler')?.handler ?? null,
  };
}

export function surroundingsOf(
  options: JobOptions,
  { environment, featureFlags }: RunnerSettings,
  flags: FeatureFlags,
): Surroundings {
  const alone = { buildsDir: dirname(options.projectDir), concurrentId: 0, slot: 0, shortToken: '' };
  const { buildsDir, concurrentId, slot, shortToken } = options.surroundings ?? alone;
  return {
    projectDir: options.projectDir,
    buildsDir,
    disposable: false,
    runnerVersion: options.version,
    runnerRevision: '',
    architecture: `${process.platform}/${process.arch === 'x64' ? 'amd64' : process.arch}`,
    concurrentId,
    concurrentProjectId: slot,
    shortToken,
    environment,
    flags: { ...featureFlags, ...flags },
  };
}
