import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { payload } from '../../../test/support/jobs/payload.ts';
import type { Place } from '../../executors/index.ts';
import type { PayloadCache } from '../../protocol/index.ts';
import { makeWorkshop, type Workshop } from '../testing/place.ts';
import { DEFAULT_ARCHIVE_LIMITS } from './archive/archive.ts';
import { type CacheOptions, restoreCaches, saveCaches } from './cache.ts';

let workshop: Workshop;
let place: Place;
let log: string;
let variables: Record<string, string>;
beforeEach(async () => {
  workshop = makeWorkshop();
  place = await workshop.place('app');
  log = '';
  variables = { BRANCH: 'main', POLICY: 'pull' };
});
afterEach(() => workshop.remove());

function cache(changes: Partial<PayloadCache> = {}): PayloadCache {
  const paths = ['deps/'];
  return { key: 'k', untracked: false, paths, policy: 'pull-push', when: 'on_success', fallback_keys: [], ...changes };
}

function options(...caches: readonly PayloadCache[]): CacheOptions {
  return {
    payload: payload({ cache: caches }),
    variables: {
      get: (key) => variables[key],
      expand: (text) => text.replace(/\$(\w+)/g, (_, name) => variables[name] ?? ''),
    },
    cacheDir: join(workshop.dir, 'cache'),
    hashesKeys: false,
    place,
    limits: DEFAULT_ARCHIVE_LIMITS,
    log: (text) => {
      log += text;
    },
    signal: new AbortController().signal,
  };
}

const kept = (key: string) => join(workshop.dir, 'cache', 'group/app', key, 'cache.zip');

function write(content: string): void {
  mkdirSync(join(workshop.dir, 'app', 'deps'), { recursive: true });
  writeFileSync(join(workshop.dir, 'app', 'deps', 'file'), content);
}

/** What the cached file holds after a restore into an empty directory; null: no such file. */
async function restored(...caches: readonly PayloadCache[]): Promise<string | null> {
  rmSync(join(workshop.dir, 'app', 'deps'), { recursive: true, force: true });
  await restoreCaches(options(...caches));
  const path = join(workshop.dir, 'app', 'deps', 'file');
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
}

async function saved(content: string, changes: Partial<PayloadCache>, succeeded = true): Promise<void> {
  write(content);
  await saveCaches(options(cache(changes)), succeeded);
}

describe('a cache', () => {
  it('comes back under its expanded key', async () => {
    await saved('one', { key: 'deps-$BRANCH' });
    expect(existsSync(kept('deps-main'))).toBe(true);
    expect(await restored(cache({ key: 'deps-main' }))).toBe('one');
    expect(log).toContain('deps/: found 2 matching files and directories\n');
    expect(log).toMatch(/Checking cache for deps-main\.\.\.\n.*Successfully extracted cache/);
  });

  it('without a key is kept for the job and ref', async () => {
    await saved('one', { key: '' });
    expect(existsSync(kept('build/main'))).toBe(true);
  });

  it('is looked for under its key, its fallback keys and CACHE_FALLBACK_KEY, in this order', async () => {
    const wanted = cache({ key: 'new', fallback_keys: ['b-$BRANCH'] });
    variables.CACHE_FALLBACK_KEY = 'common';
    expect(await restored(wanted)).toBeNull();
    await saved('common', { key: 'common' });
    expect(await restored(wanted)).toBe('common');
    await saved('fallback', { key: 'b-main' });
    expect(await restored(wanted)).toBe('fallback');
    await saved('own', { key: 'new' });
    expect(await restored(wanted)).toBe('own');
  });

  it('of protected branches is no fallback for all', async () => {
    await saved('secret', { key: 'x-protected' });
    variables.CACHE_FALLBACK_KEY = 'x-protected ';
    expect(await restored(cache({ key: 'new' }))).toBeNull();
    expect(log).toContain('WARNING: CACHE_FALLBACK_KEY');
  });

  it('follows its policy, also from a variable', async () => {
    await saved('one', { policy: '$POLICY' });
    expect(existsSync(kept('k'))).toBe(false);
    await saved('one', { policy: 'push' });
    expect(await restored(cache({ policy: 'push' }))).toBeNull();
    expect(await restored(cache({ policy: '$POLICY' }))).toBe('one');
    expect(await restored(cache({ policy: 'sometimes' }))).toBeNull();
    expect(log).toContain('"sometimes" is none of pull-push, pull and push');
  });

  it('is saved when the job ended as it asks', async () => {
    await saved('a', { key: 'a', when: 'on_success' }, false);
    await saved('b', { key: 'b', when: 'on_failure' }, false);
    await saved('c', { key: 'c', when: 'always' }, false);
    await saved('d', { key: 'd', when: 'on_failure' }, true);
    expect(readdirSync(join(workshop.dir, 'cache', 'group/app')).sort()).toEqual(['b', 'c']);
  });

  it('is not packed again when nothing was added, changed or removed', async () => {
    await saved('one', {});
    const first = statSync(kept('k')).ino;
    const isNew = async () => {
      await saveCaches(options(cache()), true);
      return statSync(kept('k')).ino !== first;
    };
    expect(await isNew()).toBe(false);
    expect(log).toContain('Archive is up to date!\n');
    const old = new Date('2020-01-01');
    writeFileSync(join(workshop.dir, 'app', 'deps', 'file'), '1');
    utimesSync(join(workshop.dir, 'app', 'deps', 'file'), old, old);
    expect(await isNew()).toBe(true);
  });

  it('is packed again when a file is newer than it', async () => {
    await saved('one', {});
    const first = statSync(kept('k')).ino;
    write('two');
    const later = new Date(statSync(kept('k')).mtimeMs + 5000);
    utimesSync(join(workshop.dir, 'app', 'deps', 'file'), later, later);
    await saveCaches(options(cache()), true);
    expect(statSync(kept('k')).ino).not.toBe(first);
    expect(await restored(cache())).toBe('two');
  });

  it('that is broken is a warning, and the next key is tried', async () => {
    await saved('fallback', { key: 'f' });
    mkdirSync(dirname(kept('k')), { recursive: true });
    writeFileSync(kept('k'), 'not a zip');
    expect(await restored(cache({ fallback_keys: ['f'] }))).toBe('fallback');
    expect(log).toContain('WARNING: cache: cannot read');
  });

  it('that cannot be written, or is empty, is a warning', async () => {
    writeFileSync(join(workshop.dir, 'cache'), 'a file in the way');
    await saved('one', {});
    expect(log).toContain('WARNING: cache: cannot write');
    await saveCaches(options(cache({ paths: ['nothing'] })), true);
    expect(log).toContain('WARNING: nothing: no matching files');
    await saved('one', { key: '..' });
    expect(log).toContain('WARNING: cache key ".." is empty');
  });

  it('may be saved and restored by several jobs at once', async () => {
    await saved('one', {});
    const others = await Promise.all(['a', 'b', 'c'].map((name) => workshop.place(name)));
    for (const name of ['a', 'b', 'c']) {
      mkdirSync(join(workshop.dir, name, 'deps'));
      writeFileSync(join(workshop.dir, name, 'deps', 'file'), `from ${name}`);
    }
    const saving = others.map((other) => saveCaches({ ...options(cache()), place: other }, true));
    const reading = [1, 2, 3, 4].map(async (index) => {
      await restoreCaches({ ...options(cache()), place: await workshop.place(`r${index}`) });
      return readFileSync(join(workshop.dir, `r${index}`, 'deps', 'file'), 'utf8');
    });
    for (const content of await Promise.all(reading)) expect(content).toMatch(/^(one|from [abc])$/);
    await Promise.all(saving);
    expect(readdirSync(dirname(kept('k')))).toEqual(['cache.zip']);
    expect(log).not.toContain('WARNING');
  });

  it('takes away what a killed job left beside it, not what another is writing', async () => {
    mkdirSync(dirname(kept('k')), { recursive: true });
    for (const name of ['cache.zip.old.tmp', 'cache.zip.new.tmp'])
      writeFileSync(join(dirname(kept('k')), name), 'part');
    const old = new Date('2020-01-01');
    utimesSync(join(dirname(kept('k')), 'cache.zip.old.tmp'), old, old);
    await saved('one', {});
    expect(readdirSync(dirname(kept('k'))).sort()).toEqual(['cache.zip', 'cache.zip.new.tmp']);
  });

  it('gives way to an abort', async () => {
    await saved('one', {});
    const aborted = { ...options(cache()), signal: AbortSignal.abort(new Error('enough')) };
    await expect(restoreCaches(aborted)).rejects.toThrow('enough');
    await expect(saveCaches(aborted, true)).rejects.toThrow('enough');
  });
});
