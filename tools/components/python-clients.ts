import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cachedInstall } from '../../src/executors/testing/docker/cached-install.ts';
import type { Component } from './component.ts';

const run = promisify(execFile);
const VERSIONS = { 'python-gitlab': '8.6.0', 'gitlab-python-runner': '14.3.20', 'gitlab-emulator': '1.0.5' };
const cached = cachedInstall(`python-${Object.values(VERSIONS).join('-')}`);

/** Clients that others wrote in Python, in a directory of their own: nothing to start. */
export const pythonClients: Component = {
  name: 'clients in Python',
  debianPackages: ['python3-venv'],
  missing: () => (cached.isThere() ? null : `${Object.keys(VERSIONS).join(', ')} not installed`),
  async install(signal) {
    await cached.install(async (dir) => {
      // Debian's: another one may be the user's, and gone tomorrow.
      await run('/usr/bin/python3', ['-m', 'venv', dir], { signal });
      const wanted = Object.entries(VERSIONS).map(([name, version]) => `${name}==${version}`);
      const words = ['install', '--quiet', '--disable-pip-version-check', ...wanted];
      await run(join(dir, 'bin/pip'), words, { signal, timeout: 5 * 60_000 });
    });
  },
  start: async () => ({
    env: { EPILOGUE_TEST_PYTHON_CLIENTS: join(cached.dir, 'bin') },
    // What is asked for as `python -m …`: a script of it names the Python of the first place.
    copyable: cached.dir,
    stop: async () => {},
  }),
};
