import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { cachedInstall } from './cached-install.ts';
import type { Component } from './component.ts';

const run = promisify(execFile);
/** Where Go's own archive puts it; Debian's is too old for the client. */
const GO = [...(process.env.PATH ?? '').split(delimiter), '/usr/local/go/bin']
  .map((folder) => join(folder, 'go'))
  .find(existsSync);
const source = join(import.meta.dirname, '../../test/clients/go');
const cached = cachedInstall(`go-${hashOf(source)}`);

/** A program around GitLab's client for Go, built once: nothing to start. */
export const goClient: Component = {
  name: 'client in Go',
  debianPackages: [],
  missing() {
    if (GO === undefined) return 'go not installed';
    return cached.isThere() ? null : "GitLab's client for Go not built";
  },
  async install(signal) {
    if (GO === undefined) return;
    await cached.install(async (dir) => {
      // No other toolchain than the one that is here, and no module that go.sum does not know.
      const env = { ...process.env, GOTOOLCHAIN: 'local', GOFLAGS: '-mod=readonly' };
      await run(GO, ['build', '-o', join(dir, 'use-client'), '.'], { cwd: source, env, signal, timeout: 10 * 60_000 });
    });
  },
  start: async () => ({ env: { EPILOGUE_TEST_GO_CLIENT: join(cached.dir, 'use-client') }, stop: async () => {} }),
};

function hashOf(folder: string): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(folder).sort()) hash.update(name).update(readFileSync(join(folder, name)));
  return hash.digest('hex').slice(0, 16);
}
