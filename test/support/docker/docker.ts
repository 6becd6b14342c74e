import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { bringImages, images } from '../../../src/executors/testing/docker/images.ts';
import { removeLeft, whatIsLeft } from './left.ts';

export { images };

/** Of the engine that `bin/test` starts, or of one that is named by hand. All test files share it: names are unique, and nobody lists what is not theirs. */
export const dockerHost = process.env.EPILOGUE_TEST_DOCKER_HOST ?? '';

/** Under CI a missing engine is a failure: the docker command then says so. Only root may use the one that `bin/test` starts. */
export const withoutDocker = dockerHost === '' && (process.env.CI !== 'true' || process.getuid?.() !== 0);

type Hook = (action: () => Promise<void>) => void;

/** Tests that need an engine with the `images`, each of which leaves nothing in it; `lookAt`: or all together. Without one they are skipped, by this name. */
export function describeOnDocker(title: string, body: () => void, lookAt: Hook = afterEach): void {
  const words = `${title} (needs a Docker Engine)`;
  if (withoutDocker) {
    it.skip(words);
    return;
  }
  describe(words, () => {
    leavesNothing(lookAt);
    body();
  });
}

/**
 * Each test that leaves a container, network or volume of Epilogue's fails, and what it left is removed. They are told from those of other test files by the directory of
 * their job, which lies below the temporary directory that this file has to itself from here on.
 */
export function leavesNothing(lookAt: Hook = afterEach): void {
  const former = process.env.TMPDIR;
  // At once: what a file makes before its first test lies there, too.
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'epilogue-docker-')));
  process.env.TMPDIR = dir;
  beforeAll(() => bringImages(dockerHost), 60_000);
  lookAt(async () => {
    const left = await whatIsLeft(dockerHost, dir);
    await removeLeft(dockerHost, left);
    expect(left.map(({ kind, name }) => `${kind} ${name}`)).toEqual([]);
  });
  afterAll(() => {
    if (former === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = former;
    rmSync(dir, { recursive: true, force: true });
  });
}

/** The docker command, on the engine of the tests. @returns what it printed */
export function docker(...args: readonly string[]): string {
  const env = { ...process.env, DOCKER_HOST: dockerHost };
  return execFileSync('docker', args, { encoding: 'utf8', env, timeout: 60_000 }).trim();
}
