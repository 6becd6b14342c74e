import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const built = new Date('2026-01-02T03:04:05Z');
const later = new Date('2026-01-02T03:04:06Z');
const parts = [
  'package.json',
  'package-lock.json',
  '.npmrc',
  'tsconfig.json',
  'tools/build.ts',
  'bin/setup',
  'web/index.html',
  'web/vite.config.ts',
];
const sources = ['src/base/clock.ts', 'web/src/main.tsx', 'tools/page/build-page.ts'];
const folders = ['src', 'src/base', 'web/src', 'tools/page'];
const products = ['.tools/bin/node', 'node_modules/.package-lock.json', 'dist/main.js', 'dist/.built'];

let tree = '';
beforeEach(() => {
  tree = mkdtempSync(join(tmpdir(), 'epilogue-fresh-'));
  for (const path of [...sources, ...parts, ...products]) {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), '', { mode: 0o755 });
    utimesSync(join(tree, path), built, built);
  }
  for (const folder of folders) utimesSync(join(tree, folder), built, built);
});
afterEach(() => rmSync(tree, { recursive: true }));

function isFresh(): boolean {
  const script =
    '. "$1/tools/setup/is-fresh.sh"; root=$2 node=$2/.tools/bin/node; is_fresh && echo fresh || echo stale';
  return execFileSync('sh', ['-c', script, 'sh', root, tree], { encoding: 'utf8' }) === 'fresh\n';
}

describe('a set-up checkout', () => {
  it('is fresh while nothing changed', () => {
    expect(isFresh()).toBe(true);
  });

  it.each([...parts, ...sources, ...folders])('is stale when %s is newer than the build', (path) => {
    utimesSync(join(tree, path), later, later);
    expect(isFresh()).toBe(false);
  });

  it.each(products)('is stale without %s', (path) => {
    rmSync(join(tree, path));
    expect(isFresh()).toBe(false);
  });
});

describe('the lock file', () => {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const packages: Record<string, { resolved?: string; optionalDependencies?: Record<string, string> }> = lock.packages;

  it('names no registry', () => {
    expect(Object.values(packages).filter(({ resolved }) => resolved !== undefined)).toEqual([]);
  });

  // npm drops the builds for other platforms when it writes a lock file beside an installed node_modules; `npm ci` refuses it then.
  it('has the builds for every platform', () => {
    const names = new Set(Object.keys(packages).map((path) => path.replace(/^.*node_modules\//, '')));
    const wanted = Object.values(packages).flatMap(({ optionalDependencies = {} }) =>
      Object.keys(optionalDependencies),
    );
    expect(wanted.filter((name) => !names.has(name))).toEqual([]);
  });
});
