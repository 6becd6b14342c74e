import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Clock, makeDirectory } from '../../../base/index.ts';
import type { JobPayload } from '../../../protocol/index.ts';
import type { JobPorts, RunnerSettings } from '../../../runner/index.ts';
import type { Coordinator } from '../../wire/coordinator.ts';
import { untilAnswered } from './until-answered.ts';

export interface ArtifactPortsOptions {
  readonly coordinator: Pick<Coordinator, 'uploadArtifact' | 'downloadArtifact'>;
  readonly clock: Clock;
  readonly payload: JobPayload;
  /** The job's own; archives of earlier jobs are brought here. */
  readonly directory: string;
  readonly settings: Pick<RunnerSettings, 'artifacts'>;
}

/** Artifacts of earlier jobs, and of this one on their way to the server. */
export function artifactPorts(options: ArtifactPortsOptions): Pick<JobPorts, 'dependencyArchive' | 'keep'> {
  const { coordinator, clock, payload, directory, settings } = options;
  return {
    async dependencyArchive(dependency, signal) {
      if ((dependency.artifacts_file?.filename ?? '') === '') return null;
      const folder = join(directory, 'dependencies');
      makeDirectory(folder, 0o700);
      const path = join(folder, `${dependency.id}.zip`);
      if (!existsSync(path)) await coordinator.downloadArtifact(dependency, path, signal);
      return path;
    },
    async keep(artifact, signal) {
      const { path, type, format, expireIn = null } = artifact;
      const { uploadTimeoutMs: timeoutMs } = settings.artifacts;
      // A server that answers has the last word; to one that is away it is sent until the time for saving is over.
      await untilAnswered(clock, signal, () =>
        coordinator.uploadArtifact(payload, { path, type, format, expireIn, timeoutMs }, signal),
      );
      return artifact;
    },
  };
}
