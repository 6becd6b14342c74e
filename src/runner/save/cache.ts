import { existsSync } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { describeError, errorCode, Failure } from '../../base/index.ts';
import type { CollectedFile, FileSelection, Place } from '../../executors/index.ts';
import type { JobPayload, PayloadCache } from '../../protocol/index.ts';
import type { CacheStore } from '../job-ports.ts';
import { infoLine, warningLine } from '../log/sections.ts';
import type { JobVariables } from '../script/job-variables.ts';
import { type ArchiveLimits, readArchive, writeArchive } from './archive/archive.ts';
import { cachePath, safeCacheKey } from './cache-path.ts';
import { foundLine, nothingFoundLine, unlessEmpty } from './describe-selection.ts';
import { createLeftOut } from './left-out.ts';
import { removeStrays } from './output-file.ts';

export interface CacheOptions {
  /** `cache`, `job_info` and `git_info` are read. */
  readonly payload: JobPayload;
  readonly variables: Pick<JobVariables, 'get' | 'expand'>;
  /** Shared by all jobs, runs and projects. */
  readonly cacheDir: string;
  readonly cacheStore?: CacheStore;
  /** `FF_HASH_CACHE_KEYS` */
  readonly hashesKeys: boolean;
  readonly place: Place;
  readonly limits: ArchiveLimits;
  readonly log: (text: string) => void;
  readonly signal: AbortSignal;
}

/** Restores each cache from its key, its fallback keys or `CACHE_FALLBACK_KEY`. Trouble is a warning in the log. */
export async function restoreCaches(options: CacheOptions): Promise<void> {
  for (const cache of options.payload.cache) {
    const policy = policyOf(options, cache);
    if (policy === 'push') options.log(`Not downloading cache ${mainKey(options, cache)} due to policy\n`);
    else if (policy !== null) await restoreCache(options, cache);
  }
}

/**
 * Saves each cache whose `when` and `policy` allow it. Trouble is a warning in the log. Jobs that save the same key at the same time do
 * not disturb each other or a reader: an archive appears whole, the last one stays.
 */
export async function saveCaches(options: CacheOptions, succeeded: boolean): Promise<void> {
  const unwanted = succeeded ? 'on_failure' : 'on_success';
  for (const cache of options.payload.cache) {
    if ((cache.when ?? 'on_success') === unwanted) continue;
    const policy = policyOf(options, cache);
    if (policy === 'pull') options.log(`Not uploading cache ${mainKey(options, cache)} due to policy\n`);
    else if (policy !== null) await tolerate(options, () => saveCache(options, cache));
  }
}

type Policy = 'pull-push' | 'pull' | 'push';

/** null: a policy that does not exist; said in the log. */
function policyOf({ variables, log }: CacheOptions, cache: PayloadCache): Policy | null {
  const policy = variables.expand(cache.policy) || 'pull-push';
  if (policy === 'pull-push' || policy === 'pull' || policy === 'push') return policy;
  log(warningLine(`cache policy ${JSON.stringify(policy)} is none of pull-push, pull and push; the cache is not used`));
  return null;
}

function mainKey({ variables, payload }: CacheOptions, cache: PayloadCache): string {
  return variables.expand(cache.key) || `${payload.job_info.name}/${payload.git_info.ref}`;
}

interface Whereabouts {
  /** On this machine. */
  readonly path: string;
  /** In a store. */
  readonly key: string;
}

function whereIs({ cacheDir, payload, hashesKeys }: CacheOptions, name: string): Whereabouts | null {
  const key = safeCacheKey(name, hashesKeys);
  const path = key === null ? null : cachePath(cacheDir, payload.job_info.project_full_path, key);
  return key === null || path === null ? null : { path, key };
}

async function restoreCache(options: CacheOptions, cache: PayloadCache): Promise<void> {
  const { place, limits, log, signal } = options;
  for (const key of [mainKey(options, cache), ...fallbackKeys(options, cache)]) {
    const where = whereIs(options, key);
    log(`Checking cache for ${key}...\n`);
    if (where === null || !(await isHere(options, where))) {
      log('No cache found\n');
      continue;
    }
    const restored = await tolerate(options, () => place.deliver(readArchive(where.path, limits, signal), signal));
    if (restored) {
      log(infoLine('Successfully extracted cache'));
      return;
    }
  }
}

/** Of a store it is brought here first; what lies here and not there is of another time. */
async function isHere(options: CacheOptions, { path, key }: Whereabouts): Promise<boolean> {
  const { cacheStore, signal } = options;
  if (cacheStore === undefined) return existsSync(path);
  let isThere = false;
  await tolerate(options, async () => {
    isThere = await cacheStore.fetch(key, path, signal);
  });
  return isThere;
}

function fallbackKeys({ variables, log }: CacheOptions, cache: PayloadCache): string[] {
  const own = cache.fallback_keys.map((key) => variables.expand(key));
  const common = variables.get('CACHE_FALLBACK_KEY') ?? '';
  // Protected branches save under such keys; others must not get at them.
  const isProtected = common.trimEnd().endsWith('-protected');
  if (isProtected)
    log(warningLine(`CACHE_FALLBACK_KEY ${common} is not used: keys that end in -protected are reserved`));
  return [...own, ...(isProtected ? [] : [common])].filter((key) => key !== '');
}

async function saveCache(options: CacheOptions, cache: PayloadCache): Promise<void> {
  const { variables, place, limits, log, signal } = options;
  const key = mainKey(options, cache);
  const where = whereIs(options, key);
  const paths = cache.paths.map((pattern) => variables.expand(pattern));
  const selection: FileSelection = { paths, exclude: [], untracked: cache.untracked };
  if (where === null) return log(warningLine(`cache key ${JSON.stringify(key)} is empty; the cache is not saved`));
  const { path } = where;
  log(`Creating cache ${key}...\n`);
  if (existsSync(path) && (await isUpToDate(path, selection, options))) return log('Archive is up to date!\n');
  const leftOut = createLeftOut();
  const files = await unlessEmpty(place.collect(selection, signal, leftOut.add));
  if (files === null) return log(leftOut.lines() + nothingFoundLine(selection));
  const { entries } = await writeArchive(path, files, limits, signal);
  await removeStrays(path);
  await upload(options, where);
  log(leftOut.lines() + foundLine(selection, entries) + infoLine('Created cache'));
}

/** One that did not arrive goes here, too: the next job would take it for what everybody has. */
async function upload({ cacheStore, signal, log }: CacheOptions, { path, key }: Whereabouts): Promise<void> {
  if (cacheStore === undefined) return;
  try {
    await cacheStore.put(path, key, signal);
    log('Uploading cache.zip to the store of caches... ok\n');
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

interface Measure {
  readonly entries: number;
  readonly bytes: number;
  readonly newestMs: number;
}

async function measure(files: AsyncIterable<CollectedFile>): Promise<Measure> {
  let [entries, bytes, newestMs] = [0, 0, 0];
  for await (const file of files) {
    entries += 1;
    bytes += file.sizeBytes;
    newestMs = Math.max(newestMs, file.modifiedMs);
  }
  return { entries, bytes, newestMs };
}

/** Times tell what was added or changed (as for GitLab's runner), numbers what was removed. */
async function isUpToDate(path: string, selection: FileSelection, options: CacheOptions): Promise<boolean> {
  const { place, limits, signal } = options;
  const { mtimeMs } = await stat(path);
  const found = await measure(place.collect(selection, signal));
  if (found.newestMs > mtimeMs) return false;
  const kept = await measure(readArchive(path, limits, signal)).catch(() => null);
  return kept?.entries === found.entries && kept.bytes === found.bytes;
}

/** A cache is a help, never a condition: what goes wrong with the world is said in the job's log. False: it went wrong. */
async function tolerate({ log, signal }: CacheOptions, work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof Failure) && errorCode(error) === undefined) throw error;
    log(warningLine(`cache: ${describeError(error)}`));
    return false;
  }
}
