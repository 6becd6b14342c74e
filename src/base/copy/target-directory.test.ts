import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { itAsRoot } from '../../../test/support/privilege.ts';
import { Failure } from '../failure.ts';
import { fillDirectory } from './target-directory.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'epilogue-fill-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('fillDirectory', () => {
  const fillAnd = (dir: string, act: () => void) =>
    fillDirectory(dir, 'copy to', async () => {
      writeFileSync(join(dir, 'half'), '');
      act();
    });

  it('takes back a half-made directory when the disk is full, and says so', async () => {
    const dir = join(root, 'into');
    await expect(fillAnd(dir, () => writeFileSync('/dev/full', 'x'))).rejects.toMatchObject({
      code: 'no_space',
      message: `cannot copy to ${dir}: no space left there`,
    });
    expect(existsSync(dir)).toBe(false);
  });

  it('makes missing parents, and refuses a place where nothing can be made', async () => {
    const dir = join(root, 'a/b/c');
    await fillDirectory(dir, 'copy to', async () => {});
    expect(existsSync(dir)).toBe(true);
    // The kernel lets nobody make a directory there, root included.
    await expect(fillAnd('/proc/self/fd/x/y', () => {})).rejects.toMatchObject({ code: 'target_unwritable' });
  });

  itAsRoot('leaves what somebody has mounted there meanwhile, and takes back the rest', async () => {
    const [dir, precious] = [join(root, 'into'), join(root, 'precious')];
    mkdirSync(precious);
    writeFileSync(join(precious, 'kept'), '');
    const mountPoint = join(dir, 'mounted');
    const mount = () => {
      mkdirSync(mountPoint);
      execFileSync('mount', ['--bind', precious, mountPoint]);
      throw new Failure('canceled', 'stop');
    };
    try {
      await expect(fillAnd(dir, mount)).rejects.toMatchObject({ code: 'canceled' });
      expect(readdirSync(precious)).toEqual(['kept']);
      expect(readdirSync(dir)).toEqual(['mounted']);
    } finally {
      execFileSync('umount', [mountPoint]);
    }
  });

  it('passes Failures on, calls other system errors failures, and bugs bugs', async () => {
    const dir = join(root, 'into');
    const failure = new Failure('canceled', 'stop');
    await expect(fillAnd(dir, () => throwIt(failure))).rejects.toBe(failure);
    await expect(fillAnd(dir, () => writeFileSync(dir, 'x'))).rejects.toMatchObject({ code: 'copy_failed' });
    const bug = new Error('bug: none');
    await expect(fillAnd(dir, () => throwIt(bug))).rejects.toBe(bug);
  });
});

function throwIt(error: Error): never {
  throw error;
}
