import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { itAsRoot } from '../../../test/support/privilege.ts';
import { tryLock } from './file-lock.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'epilogue-lock-'));
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

it('is held by one process, and free again the moment that one is killed', async () => {
  const path = join(directory, 'lock');
  const program = `import { tryLock } from ${JSON.stringify(join(import.meta.dirname, 'file-lock.ts'))};
    await tryLock(${JSON.stringify(path)}); console.log('held'); setInterval(() => {}, 1e6);`;
  const holder = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(holder.stdout, 'data');
  expect(await tryLock(path)).toBeNull();
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  const lock = await tryLock(path);
  expect(lock).not.toBeNull();
  lock?.release();
});

it('is taken whatever somebody wrote into its file, and only once', async () => {
  const path = join(directory, 'lock');
  writeFileSync(path, 'garbage '.repeat(1_000));
  const lock = await tryLock(path);
  expect(lock).not.toBeNull();
  lock?.release();
});

it.each([
  ['a directory', (path: string) => mkdirSync(join(path, 'x'), { recursive: true })],
  ['a pipe', (path: string) => execFileSync('mkfifo', [path])],
  ['a link to nothing', (path: string) => symlinkSync('/nonexistent/file', path)],
  ['a link to itself', (path: string) => symlinkSync(path, path)],
])('is taken beside %s in its place, and only once', async (_, make) => {
  const path = join(directory, 'lock');
  make(path);
  const program = `import { tryLock } from ${JSON.stringify(join(import.meta.dirname, 'file-lock.ts'))};
    console.log(await tryLock(${JSON.stringify(path)}) === null ? 'held' : 'taken');`;
  const lock = await tryLock(path);
  expect(lock).not.toBeNull();
  expect(execFileSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' })).toBe(
    'held\n',
  );
  lock?.release();
});

it('is that of the file that a link leads to, whatever is written there', async () => {
  const path = join(directory, 'lock');
  symlinkSync(join(directory, 'file'), path);
  writeFileSync(join(directory, 'file'), 'garbage '.repeat(1_000));
  const lock = await tryLock(path);
  expect(lock).not.toBeNull();
  expect(existsSync(`${path}.else`)).toBe(false);
  lock?.release();
});

it('says what keeps it from being taken', async () => {
  await expect(tryLock(join(directory, 'gone', 'lock'))).rejects.toMatchObject({ code: 'lock_unusable' });
});

itAsRoot('needs no room on the disk', async () => {
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', directory]);
  try {
    (await tryLock(join(directory, 'lock')))?.release();
    expect(() => writeFileSync(join(directory, 'rest'), Buffer.alloc(1024 * 1024))).toThrow('ENOSPC');
    const lock = await tryLock(join(directory, 'lock'));
    expect(lock).not.toBeNull();
    lock?.release();
  } finally {
    execFileSync('umount', [directory]);
  }
});
