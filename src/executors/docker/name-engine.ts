import { homedir } from 'node:os';
import { join } from 'node:path';
import { USUAL_ENGINE } from './engine/address.ts';
import type { DockerSettings } from './settings.ts';

/** The same settings with the engine that this environment means, by name: whoever goes on with a job later, in another environment, asks the same one. */
export function nameEngine(
  settings: DockerSettings,
  env: Readonly<Record<string, string | undefined>>,
): DockerSettings & { readonly host: string } {
  return {
    ...settings,
    host: settings.host ?? (env.DOCKER_HOST || USUAL_ENGINE),
    tlsCertPath: settings.tlsCertPath ?? (env.DOCKER_CERT_PATH || join(env.HOME ?? homedir(), '.docker')),
    tlsVerify: settings.tlsVerify ?? (env.DOCKER_TLS_VERIFY ?? '') !== '',
  };
}
