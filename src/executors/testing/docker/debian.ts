import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cachedInstall } from './cached-install.ts';

const run = promisify(execFile);
const RELEASE = 'bookworm';
const MIRROR = 'http://deb.debian.org/debian';
const buildTimeoutMs = 5 * 60_000;
const cached = cachedInstall(`debian-${RELEASE}-bash-git`);

/** What is in the image: a small Debian with bash and git. There is no registry of images, so it is made of Debian's packages, once. */
export const debian = {
  path: join(cached.dir, 'image.tar'),
  isThere: () => cached.isThere(),
  /** Needs root and debootstrap. Takes a minute. */
  async build(signal: AbortSignal): Promise<void> {
    await cached.install(async (dir) => {
      const root = join(dir, 'root');
      try {
        const words = ['--variant=minbase', '--include=bash,git,ca-certificates', RELEASE, root, MIRROR];
        const options = { signal, timeout: buildTimeoutMs, maxBuffer: 16 * 1024 * 1024 };
        await run('debootstrap', words, {
          ...options,
          env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
        });
        await run('sh', ['-c', PACK, 'sh', root, debian.path], options);
      } finally {
        rmSync(root, { recursive: true, force: true });
      }
    });
  },
};

/** Half of it is what nobody reads in a container; devices are the engine's to make. */
const PACK = `
  set -e
  cd "$1"
  rm -rf var/cache/apt/* var/lib/apt/lists/* var/log/* usr/share/doc usr/share/man usr/share/locale usr/share/info
  tar -c --exclude './dev/*' --exclude './proc/*' --exclude './sys/*' -f "$2" .`;
