import { compileGlob, Failure } from '../../../base/index.ts';
import type { DockerSettings } from '../settings.ts';

/** A pattern of too many alternatives allows nothing. */
const DIALECT = { crossesAtEnd: true, tooMany: false };

/** @throws Failure `executor_unavailable` with what is allowed, unless the runner's owner lets jobs use it. */
export function checkAllowedImage(name: string, settings: Pick<DockerSettings, 'allowedImages' | 'image'>): void {
  const { allowedImages, image } = settings;
  if (name === image || isAllowed(name, allowedImages)) return;
  throw refused({ name, kind: 'images', allowed: allowedImages });
}

/** As of images; what the runner starts for every job is allowed. @throws Failure `executor_unavailable` */
export function checkAllowedService(
  name: string,
  settings: Pick<DockerSettings, 'allowedServices' | 'services'>,
): void {
  const { allowedServices, services } = settings;
  if (services.some((own) => own.name === name) || isAllowed(name, allowedServices)) return;
  throw refused({ name, kind: 'services', allowed: allowedServices });
}

/**
 * Whom the job's container runs as: the runner's `user` goes first, then the job's; null: the image's.
 * @param asked `name`, `uid`, `uid:gid`, of the job's image; null or empty: none
 * @throws Failure `executor_unavailable` with who is allowed
 */
export function chooseUser(
  asked: string | null,
  { user, allowedUsers }: Pick<DockerSettings, 'user' | 'allowedUsers'>,
): string | null {
  const chosen = user || asked || null;
  if (chosen === null || allowedUsers.length === 0 || allowedUsers.includes(chosen)) return chosen;
  throw new Failure(
    'executor_unavailable',
    `user ${JSON.stringify(chosen)} is not an allowed user: ${allowedUsers.join(', ')}`,
  );
}

/** Whether the job's container gets all rights: an image that is not among those that may runs without them, as with GitLab's runner. */
export function isPrivilegedImage(
  name: string,
  { privileged, allowedPrivilegedImages }: Pick<DockerSettings, 'privileged' | 'allowedPrivilegedImages'>,
): boolean {
  return privileged && isAllowed(name, allowedPrivilegedImages);
}

export function isPrivilegedService(
  name: string,
  settings: Pick<DockerSettings, 'privileged' | 'servicesPrivileged' | 'allowedPrivilegedServices'>,
): boolean {
  const { privileged, servicesPrivileged, allowedPrivilegedServices } = settings;
  return (servicesPrivileged ?? privileged) && isAllowed(name, allowedPrivilegedServices);
}

/** Names are matched as they are written: `ruby:*` is not `docker.io/library/ruby:3`. */
function isAllowed(name: string, globs: readonly string[]): boolean {
  return globs.length === 0 || globs.some((glob) => compileGlob(glob, DIALECT)(name));
}

interface Refused {
  readonly name: string;
  readonly kind: 'images' | 'services';
  readonly allowed: readonly string[];
}

function refused({ name, kind, allowed }: Refused): Failure {
  return new Failure(
    'executor_unavailable',
    [
      `The ${JSON.stringify(name)} image is not present on list of allowed ${kind}:`,
      ...allowed.map((glob) => `- ${glob}`),
      `The owner of this runner says so in allowed_${kind} of its settings.`,
    ].join('\n'),
  );
}
