import { DEFAULT_DOCKER_SETTINGS, type DockerSettings } from '../../executors/index.ts';

/** Images that this machine has are taken as they are; a job may say otherwise. */
export const LOCAL_DOCKER_SETTINGS: DockerSettings = Object.freeze<DockerSettings>({
  ...DEFAULT_DOCKER_SETTINGS,
  pullPolicy: ['if-not-present'],
  allowedPullPolicies: ['always', 'if-not-present', 'never'],
});
