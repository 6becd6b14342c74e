import { join } from 'node:path';
import { Failure, makeDirectory } from '../../base/index.ts';
import type { Place } from '../../executors/index.ts';
import { fetchCommit } from '../../git/index.ts';
import { type JobPayload, payloadSettings, type SourceSettings } from '../../protocol/index.ts';
import type { Build } from '../builds/build.ts';

export interface SourcesOptions {
  readonly payload: JobPayload;
  readonly build: Pick<Build, 'refusal'>;
  /** The job's own; sources are brought here first. */
  readonly directory: string;
  /** For git. */
  readonly environment: Readonly<Record<string, string>>;
}

const GIT_MS = 30 * 60_000;

/** Fills the project directory as the job's `GIT_STRATEGY` says. */
export async function getSources(options: SourcesOptions, place: Place, signal: AbortSignal): Promise<void> {
  const { payload, directory, build } = options;
  const { sources } = payloadSettings(payload);
  if (build.refusal !== null) throw new Failure('build_directory_refused', build.refusal);
  if (sources.strategy === 'none') return;
  const target = join(directory, 'sources');
  if (sources.strategy === 'empty') makeDirectory(target, 0o700);
  else await fetchSources(options, sources, target, signal);
  await place.deliverTree(target, signal);
}

async function fetchSources(
  { payload, environment }: SourcesOptions,
  sources: SourceSettings,
  target: string,
  signal: AbortSignal,
): Promise<void> {
  const { repo_url: url, refspecs, depth, sha, repo_object_format: objectFormat = 'sha1' } = payload.git_info;
  await fetchCommit({
    directory: target,
    url,
    refspecs,
    depth,
    sha,
    objectFormat,
    submodules: sources.submodules,
    environment,
    timeoutMs: GIT_MS,
    signal,
  });
}
