import { createHash } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { type Clock, describeError, emptyTree, Failure, makeDirectory } from '../../../base/index.ts';
import type { Place } from '../../../executors/index.ts';
import { bringCommit, type CommitRequest, isServerAway } from '../../../git/index.ts';
import type { JobPayload } from '../../../protocol/index.ts';
import { infoLine, type JobPorts, type RunnerSettings, warningLine } from '../../../runner/index.ts';
import type { Build } from '../../builds/build.ts';
import { type JobSources, jobSources } from './source-settings.ts';

export interface SourcesOptions {
  readonly payload: JobPayload;
  readonly build: Pick<Build, 'buildsDir' | 'refusal'>;
  readonly settings: Pick<RunnerSettings, 'cloneUrl' | 'getSourcesTimeoutMs' | 'tls'>;
  /** The job's own; sources are brought here first where its place is elsewhere. */
  readonly directory: string;
  readonly clock: Pick<Clock, 'sleep'>;
}

/** Where the owner of the runner says nothing; the job's own limit is mostly shorter. */
const GIT_MS = 2 * 3_600_000;

/** Between attempts while the server is away, s: long enough that it can be started anew, and no job fails for that. */
const AWAY_PAUSES_S = [1, 2, 4, 8, 15, 15, 15, 15, 15, 30];

/** How one job comes by its sources; where it is tried again, nothing of the try before is used. */
export function openSources(options: SourcesOptions): JobPorts['getSources'] {
  let attempts = 0;
  return async (place, signal, say) => {
    const { payload, build } = options;
    if (build.refusal !== null) throw new Failure('build_directory_refused', build.refusal);
    attempts += 1;
    await place.host.takeBack?.();
    const wanted = jobSources(payload);
    if (wanted.strategy === 'none' || wanted.strategy === 'empty') {
      const isEmpty = wanted.strategy === 'empty';
      say(infoLine(`Skipping Git repository setup${isEmpty ? ' and creating an empty build directory' : ''}`));
      if (isEmpty) await makeEmpty(options, place, signal);
      return say(infoLine('Skipping Git checkout') + infoLine('Skipping Git submodules setup'));
    }
    if (attempts > 1) say(infoLine('Deleting all tracked and untracked files due to source fetch failure'));
    const isFresh = wanted.strategy === 'clone' || attempts > 1;
    const request = requestFor(options, wanted, place);
    const bring = () => bringCommit({ ...request, isFresh, signal, say: (kind, text) => say(LINES[kind](text)) });
    await whileAway(bring, { clock: options.clock, signal, say });
    if (place.host.dir === null) await place.deliverTree(request.directory, signal);
  };
}

interface Waiting {
  readonly clock: Pick<Clock, 'sleep'>;
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
}

/** A coordinator that is started anew hurts no job: that is no attempt of `GET_SOURCES_ATTEMPTS`. */
async function whileAway(bring: () => Promise<void>, { clock, signal, say }: Waiting): Promise<void> {
  for (const pauseS of AWAY_PAUSES_S) {
    try {
      return await bring();
    } catch (error) {
      if (signal.aborted || !isServerAway(error)) throw error;
      say(warningLine(`${describeError(error)}; tried again in ${pauseS} s`));
      await clock.sleep(pauseS * 1_000, signal);
    }
  }
  await bring();
}

const LINES = { info: infoLine, warning: warningLine, plain: (text: string) => `${text}\n` } as const;

async function makeEmpty({ directory }: SourcesOptions, place: Place, signal: AbortSignal): Promise<void> {
  const { dir } = place.host;
  if (dir === null) {
    const target = join(directory, 'sources');
    makeDirectory(target, 0o700);
    return await place.deliverTree(target, signal);
  }
  // The directory itself stays: a container may have it mounted.
  const left = await emptyTree(dirname(dir), [basename(dir)]);
  if (left.length > 0) throw new Failure('directory_not_emptied', `cannot empty ${dir}; left: ${left.join(', ')}`);
  makeDirectory(dir, 0o700);
}

/** In the project directory itself where that is on this machine: what is there need not be fetched, nor be copied. */
function requestFor(
  options: SourcesOptions,
  wanted: JobSources,
  { host }: Place,
): Omit<CommitRequest, 'isFresh' | 'signal' | 'say'> {
  const { payload, build, settings, directory } = options;
  const { git_info: git } = payload;
  const dir = host.dir ?? join(directory, 'sources');
  if (host.dir === null) makeDirectory(dir, 0o700);
  const name = `${createHash('sha256').update(dir).digest('hex').slice(0, 32)}.json`;
  return {
    directory: dir,
    recordFile: host.dir === null ? join(directory, 'sources.json') : join(build.buildsDir, '.sources', name),
    url: addressFor(payload, wanted, settings.cloneUrl),
    refspecs: git.refspecs,
    depth: git.depth,
    sha: git.sha,
    ref: git.ref,
    objectFormat: git.repo_object_format ?? 'sha1',
    fetchFlags: wanted.fetchFlags,
    checkout: wanted.checkout,
    cleanFlags: wanted.cleanFlags,
    submodules: wanted.submodules,
    largeFiles: !wanted.skipsLargeFiles,
    tls: settings.tls,
    environment: host.environment,
    timeoutMs: settings.getSourcesTimeoutMs ?? GIT_MS,
  };
}

/** `clone_url` of the runner: the server has another address from here. */
function addressFor(
  { git_info: git, token }: JobPayload,
  { projectPath }: JobSources,
  cloneUrl: string | null,
): string {
  const base = cloneUrl === null ? null : URL.parse(cloneUrl);
  if (base === null) return git.repo_url;
  base.pathname = `${base.pathname.replace(/\/+$/, '')}/${projectPath}.git`;
  if (/^https?:$/.test(base.protocol)) {
    base.username = 'gitlab-ci-token';
    base.password = token;
  }
  return base.href;
}
