import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { payload } from '../../../test/support/jobs/payload.ts';
import { Failure } from '../../base/index.ts';
import type { Place } from '../../executors/index.ts';
import type { CacheStore } from '../job-ports.ts';
import { makeWorkshop, type Workshop } from '../testing/place.ts';
import { DEFAULT_ARCHIVE_LIMITS } from './archive/archive.ts';
import { type CacheOptions, restoreCaches, saveCaches } from './cache.ts';

let workshop: Workshop;
let place: Place;
let log: string;
let trouble: Failure | null;
beforeEach(async () => {
  workshop = makeWorkshop();
  place = await workshop.place('app');
  [log, trouble] = ['', null];
});
afterEach(() => workshop.remove());

/** Files by key: a store that other machines use, too. */
function store(): CacheStore {
  const at = (key: string) => join(workshop.dir, 'store', key);
  return {
    async fetch(key, file) {
      if (trouble !== null) throw trouble;
      if (!existsSync(at(key))) return false;
      mkdirSync(dirname(file), { recursive: true });
      copyFileSync(at(key), file);
      return true;
    },
    async put(file, key) {
      if (trouble !== null) throw trouble;
      mkdirSync(dirname(at(key)), { recursive: true });
      copyFileSync(file, at(key));
    },
  };
}

/** As on a machine of its own. */
function options(machine: string, key: string, changes: Partial<CacheOptions> = {}): CacheOptions {
  const cache = { untracked: false, paths: ['deps/'], policy: 'pull-push', when: 'on_success' } as const;
  return {
    payload: payload({ cache: [{ ...cache, key, fallback_keys: ['main'] }] }),
    variables: { get: () => undefined, expand: (text) => text },
    cacheDir: join(workshop.dir, machine),
    cacheStore: store(),
    hashesKeys: false,
    place,
    limits: DEFAULT_ARCHIVE_LIMITS,
    log: (text) => {
      log += text;
    },
    signal: new AbortController().signal,
    ...changes,
  };
}

const deps = () => join(workshop.dir, 'app', 'deps');

async function save(machine: string, key: string, content: string, changes?: Partial<CacheOptions>): Promise<void> {
  mkdirSync(deps(), { recursive: true });
  writeFileSync(join(deps(), 'file'), content);
  await saveCaches(options(machine, key, changes), true);
}

async function restored(machine: string, key: string, changes?: Partial<CacheOptions>): Promise<string | null> {
  rmSync(deps(), { recursive: true, force: true });
  await restoreCaches(options(machine, key, changes));
  return existsSync(join(deps(), 'file')) ? readFileSync(join(deps(), 'file'), 'utf8') : null;
}

it('brings a cache that another machine has saved, by its key or a fallback key, and none that lies here alone', async () => {
  await save('one', 'main', 'x');
  expect(await restored('two', 'main')).toBe('x');
  expect(await restored('two', 'branch')).toBe('x');
  rmSync(join(workshop.dir, 'store'), { recursive: true });
  expect(await restored('one', 'main')).toBeNull();
});

it('warns of a store that is away, and sends the archive with the next job', async () => {
  trouble = new Failure('cache_store_failed', 'no answer');
  await save('one', 'main', 'x');
  expect(log).toMatch(/WARNING: cache: no answer/);
  expect(await restored('one', 'main')).toBeNull();
  trouble = null;
  await save('one', 'main', 'x');
  expect(await restored('two', 'main')).toBe('x');
});

it('keeps keys apart that are one path, where they are hashed', async () => {
  const changes = { hashesKeys: true };
  await save('one', 'a/../main', 'x', changes);
  expect(await restored('two', 'a/../main', changes)).toBe('x');
  expect(await restored('two', 'main', changes)).toBeNull();
});
