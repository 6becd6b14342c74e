import { join } from 'node:path';
import { makeDirectory } from '../../base/index.ts';
import type { Place } from '../../executors/index.ts';
import { fetchCommit } from '../../git/index.ts';
import type { JobPayload, SourceSettings } from '../../protocol/index.ts';

export interface SourcesOptions {
  readonly payload: JobPayload;
  readonly sources: SourceSettings;
  /** The job's own; sources are brought here first. */
  readonly directory: string;
  /** For git. */
  readonly environment: Readonly<Record<string, string>>;
}

const GIT_MS = 30 * 60_000;

/** Fills the project directory as the job's `GIT_STRATEGY` says. */
export async function getSources(options: SourcesOptions, place: Place, signal: AbortSignal): Promise<void> {
  const { sources, directory } = options;
  if (sources.strategy === 'none') return;
  const target = join(directory, 'sources');
  if (sources.strategy === 'empty') makeDirectory(target, 0o700);
  else await fetchSources(options, target, signal);
  await place.deliverTree(target, signal);
}

async function fetchSources(
  { payload, environment, sources }: SourcesOptions,
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
