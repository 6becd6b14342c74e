import { Failure } from '../../../base/index.ts';
import type { RegisterFlags } from './register-flags.ts';

export const EXECUTORS: readonly string[] = ['shell', 'docker'];

/** As GitLab's runner writes it: kept between the jobs of a project. */
const USUAL_VOLUMES = ['/cache'];

/**
 * `[runners.docker]` as the flags and the template have it; nothing for another executor.
 * @param ask answers with nothing where nobody is there
 * @throws Failure `no_image`
 */
export async function dockerKeysFrom(
  flags: RegisterFlags,
  template: Readonly<Record<string, unknown>>,
  ask: (question: string) => Promise<string>,
): Promise<{ readonly docker?: Readonly<Record<string, unknown>> }> {
  if (flags.executor !== 'docker') return {};
  const known = isTable(template.docker) ? template.docker : {};
  const image =
    flags.dockerImage ?? known.image ?? (await ask('The image of jobs that name none, such as debian:12: '));
  if (image === '') throw new Failure('no_image', 'say which image jobs have that name none: --docker-image');
  const given = {
    host: flags.dockerHost,
    image,
    privileged: flags.dockerPrivileged,
    volumes: flags.dockerVolumes ?? known.volumes ?? USUAL_VOLUMES,
    pull_policy: flags.dockerPullPolicy,
    network_mode: flags.dockerNetworkMode,
  };
  return {
    docker: { ...known, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) },
  };
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
