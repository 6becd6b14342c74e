import { basename, dirname } from 'node:path';
import type { JobSpec } from '../../executors/index.ts';
import type { JobPayload, PayloadImage } from '../../protocol/index.ts';
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
    image: payload.image === null ? null : expandImage(payload.image, variables),
    services: payload.services,
    credentials: payload.credentials ?? [],
    publicVariables: publicOf(payload, variables),
    variables: {
      ...Object.fromEntries(variables.exports.map(({ key, value }) => [key, value])),
      ...loginsOf(variables),
    },
    preStopHandler: payload.hooks.find(({ name }) => name === 'pre_stop_k8s_container_handler')?.handler ?? null,
  };
}

/** As GitLab's runner: an entrypoint is left as it is, for its `$` may be meant for a shell in the container. */
function expandImage(image: PayloadImage, { expand }: JobVariables): PayloadImage {
  const { docker } = image.executor_opts;
  const known = Object.entries(docker ?? {}).map(([key, value]) => [key, expand(String(value))]);
  return {
    ...image,
    name: expand(image.name),
    executor_opts: { ...image.executor_opts, ...(docker && { docker: Object.fromEntries(known) }) },
  };
}

/** A service is told what anybody may know: its owner is whoever made its image. */
function publicOf({ variables }: JobPayload, { get }: JobVariables): Readonly<Record<string, string>> {
  const shown = variables.filter((variable) => variable.public && !variable.masked && !variable.file);
  return Object.fromEntries(shown.flatMap(({ key }) => [[key, get(key) ?? '']]));
}

/** The file itself is made in the place, which may be had by it alone. */
function loginsOf({ files }: JobVariables): Readonly<Record<string, string>> {
  const file = files.find(({ path }) => basename(path) === 'DOCKER_AUTH_CONFIG');
  return file === undefined ? {} : { DOCKER_AUTH_CONFIG: file.content };
}

export function surroundingsOf(
  options: JobOptions,
  { environment, featureFlags, executor }: RunnerSettings,
  flags: FeatureFlags,
): Surroundings {
  const alone = { buildsDir: dirname(options.projectDir), concurrentId: 0, slot: 0, shortToken: '' };
  const { buildsDir, concurrentId, slot, shortToken } = options.surroundings ?? alone;
  return {
    projectDir: options.projectDir,
    buildsDir,
    disposable: executor === 'docker',
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
