import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** What a package client other than Debian's brought, kept for the next `bin/test`. */
export interface CachedInstall {
  readonly dir: string;
  /** It was installed to its end. */
  isThere(): boolean;
  /** In an empty directory; a marker is written once `fill` has come through, so that what was cut short is not taken for whole. */
  install(fill: (dir: string) => Promise<void>): Promise<void>;
}

/** @param name with all versions in it: another version is another directory */
export function cachedInstall(name: string): CachedInstall {
  const dir = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'epilogue-test-clients', name);
  const marker = join(dir, '.installed');
  return {
    dir,
    isThere: () => existsSync(marker),
    async install(fill) {
      rmSync(dir, { recursive: true, force: true });
      mkdirSync(dir, { recursive: true });
      await fill(dir);
      writeFileSync(marker, '');
    },
  };
}
