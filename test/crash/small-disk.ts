import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A disk that can be filled; full means ENOSPC to whoever writes. */
export interface SmallDisk {
  readonly path: string;
  /** Whatever is on it goes. */
  release(): void;
}

const isRoot = process.getuid?.() === 0;
/** What `bin/test`, as root, has mounted for a user who cannot (`tools/gate/ordinary-user.ts`). */
const lent = (process.env.EPILOGUE_TEST_DISKS ?? '').split(':').filter((path) => path !== '');

/** Root makes one when it is wanted; others have those that they were lent, as many at once as there are. */
export const hasSmallDisks = isRoot || lent.length > 0;

export function takeSmallDisk(): SmallDisk {
  return isRoot ? mountOne() : borrowOne();
}

function mountOne(): SmallDisk {
  const path = mkdtempSync(join(tmpdir(), 'epilogue-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', path]);
  return {
    path,
    release() {
      execFileSync('umount', ['--lazy', path]);
      rmdirSync(path);
    },
  };
}

function borrowOne(): SmallDisk {
  const path = lent.pop();
  if (path === undefined) throw new Error('every small disk is taken');
  return {
    path,
    release() {
      for (const name of readdirSync(path)) rmSync(join(path, name), { recursive: true, force: true, maxRetries: 9 });
      lent.push(path);
    },
  };
}
