import { resolve } from 'node:path';
import { DEFAULT_RUNNER_SETTINGS as DEFAULTS, type RunnerSettings } from '../../runner/index.ts';
import { readEnvironment } from './docker/read-services.ts';
import { readCache } from './read-cache.ts';
import type { TableReader } from './table-reader.ts';

/** What paths in a file are relative to; absolute. */
export interface Places {
  /** The runner's working directory: builds and caches. */
  readonly directory: string;
  /** Where the file lies: certificates. */
  readonly configDir: string;
}

/** Keys that mean something to GitLab's runner, and why they do not here. */
const WITHOUT_EFFECT = {
  prepare_timeout: 'a place on this machine is there at once',
  clean_git_config: "what a job has left in git's settings is never used",
  safe_directory_checkout: 'jobs are built in directories of this user alone',
  job_status_final_update_retry_limit: 'a result is told until it is heard, for 7 days',
};

/** What jobs of a `[[runners]]` begin with. */
export function readSettings(entry: TableReader, { directory, configDir }: Places): RunnerSettings {
  for (const [key, why] of Object.entries(WITHOUT_EFFECT)) entry.ignore(key, `has no effect: ${why}`);
  const path = (key: string, from: string): string | null => {
    const given = entry.word(key);
    return given === null ? null : resolve(from, given);
  };
  return {
    executor: DEFAULTS.executor,
    docker: DEFAULTS.docker,
    shell: readShell(entry),
    buildsDir: path('builds_dir', directory),
    cacheDir: path('cache_dir', directory),
    cloneUrl: readCloneUrl(entry),
    environment: readEnvironment(entry),
    preGetSourcesScript: readScript(entry, 'pre_get_sources_script', 'pre_clone_script'),
    postGetSourcesScript: readScript(entry, 'post_get_sources_script', 'post_clone_script'),
    preBuildScript: entry.word('pre_build_script'),
    postBuildScript: entry.word('post_build_script'),
    getSourcesTimeoutMs: entry.durationMs('get_sources_timeout') || null,
    outputLimitBytes: 1024 * positive(entry.count('output_limit', -Infinity), DEFAULTS.outputLimitBytes / 1024),
    debugTraceDisabled: entry.flag('debug_trace_disabled') ?? DEFAULTS.debugTraceDisabled,
    featureFlags: readFlags(entry.table('feature_flags')),
    customBuildDir: readEnabled(entry.table('custom_build_dir')) ?? DEFAULTS.customBuildDir,
    tls: {
      caFile: path('tls-ca-file', configDir),
      certFile: path('tls-cert-file', configDir),
      keyFile: path('tls-key-file', configDir),
    },
    artifacts: readArtifacts(entry.table('artifact')),
    timestamps: DEFAULTS.timestamps,
    cache: readGiven(entry.table('cache'), readCache) ?? DEFAULTS.cache,
    extensionLimitMs: DEFAULTS.extensionLimitMs,
  };
}

/** GitLab's runner takes what is not above 0 as not said. */
export function positive(given: number | null, otherwise: number): number {
  return given !== null && given > 0 ? given : otherwise;
}

function readShell(entry: TableReader): string | null {
  const shell = entry.word('shell');
  if (shell !== 'pwsh' && shell !== 'powershell' && shell !== 'cmd') return shell;
  entry.refuse('shell', `is "${shell}": scripts here are for bash or sh`);
  return null;
}

function readCloneUrl(entry: TableReader): string | null {
  const url = entry.word('clone_url');
  if (url === null) return null;
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? '')) {
    entry.refuse('clone_url', 'must be an address, as in https://git.example.com');
  }
  return url.replace(/\/+$/, '');
}

/** The second name is an older one for the same. */
function readScript(entry: TableReader, key: string, before: string): string | null {
  const [script, earlier] = [entry.word(key), entry.word(before)];
  return script ?? earlier;
}

function readFlags(table: TableReader | null): Readonly<Record<string, boolean>> {
  if (table === null) return {};
  return Object.fromEntries(table.keys().map((name) => [name, table.flag(name) ?? false]));
}

function readEnabled(table: TableReader | null): boolean | null {
  return readGiven(table, (given) => given.flag('enabled'));
}

function readArtifacts(table: TableReader | null): RunnerSettings['artifacts'] {
  table?.ignore('response_header_timeout', 'has no effect: upload_timeout is for the answer, too');
  const given = readGiven(table, (each) => ({
    uploadTimeoutMs: positive(each.durationMs('upload_timeout'), DEFAULTS.artifacts.uploadTimeoutMs),
  }));
  return given ?? DEFAULTS.artifacts;
}

function readGiven<Value>(table: TableReader | null, read: (table: TableReader) => Value): Value | null {
  if (table === null) return null;
  const value = read(table);
  table.close();
  return value;
}
