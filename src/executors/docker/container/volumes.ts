import { createHash } from 'node:crypto';
import type { JobSpec } from '../../executor.ts';
import type { Engine } from '../engine/engine.ts';
import type { Labels } from '../labels.ts';

export interface Volumes {
  /** As `docker run -v`. */
  readonly binds: readonly string[];
  /** Paths in the container of volumes that are kept between jobs: whatever its user is, it may write there. */
  readonly kept: readonly string[];
}

export interface VolumesOptions {
  readonly engine: Engine;
  readonly job: JobSpec;
  /** See `DockerSettings`. */
  readonly volumes: readonly string[];
  /** Of those that are made. */
  readonly labels: Labels;
  readonly signal: AbortSignal;
}

/**
 * `volumes` of the settings. `/dir` alone is a volume that is kept between jobs: one for each project, build directory and kind of branch (protected or not), as with GitLab's runner. It is made
 * where it is not there yet.
 * @throws EngineRefusal, Failure `engine_unreachable`
 */
export async function openVolumes({ engine, job, volumes, labels, signal }: VolumesOptions): Promise<Volumes> {
  const kept = volumes.filter((volume) => !volume.includes(':'));
  const binds = volumes.filter((volume) => volume.includes(':'));
  for (const path of kept) {
    const name = cacheVolumeName(job, path);
    await engine.ask('POST', '/volumes/create', { body: { Name: name, Labels: labels }, signal });
    binds.push(`${name}:${path}`);
  }
  return { binds, kept };
}

/** A job of an unprotected branch must not leave something for one of a protected branch. */
function cacheVolumeName({ projectDir, variables }: JobSpec, path: string): string {
  const isProtected = variables.CI_COMMIT_REF_PROTECTED === 'true';
  const key = createHash('sha256').update(`${projectDir}\0${path}\0${isProtected}`).digest('hex').slice(0, 24);
  return `epilogue-cache-${key}`;
}
