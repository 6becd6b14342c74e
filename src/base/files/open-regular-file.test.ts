import { constants, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ODD_FILES } from '../../../test/support/files/odd-files.ts';
import { isNoFile, openRegularFile } from './open-regular-file.ts';
import { readRegularFile } from './read-regular-file.ts';

vi.mock('node:fs', async (original) => {
  const { watchfulFileSystem } = await import('../../../test/support/files/odd-files.ts');
  return watchfulFileSystem(await original());
});

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'epilogue-odd-'));
});

afterEach(() => rmSync(directory, { recursive: true }));

const descriptors = (): number => readdirSync('/proc/self/fd').length;

const WAYS: Readonly<Record<string, number>> = {
  reading: constants.O_RDONLY,
  writing: constants.O_WRONLY,
  both: constants.O_RDWR | constants.O_CREAT,
  appending: constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND,
};

describe.each(Object.entries(ODD_FILES))('%s', (_, make) => {
  it.each(Object.entries(WAYS))('is not opened for %s, at once, and nothing stays open', (_way, flags) => {
    const path = join(directory, 'file');
    make(path);
    const before = descriptors();
    let thrown: unknown;
    try {
      openRegularFile(path, flags, 0o600);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toSatisfy(isNoFile);
    expect(thrown).toMatchObject({ message: expect.stringContaining(path), errno: expect.any(Number) });
    expect(descriptors()).toBe(before);
  });

  it('is not read', () => {
    const path = join(directory, 'file');
    make(path);
    expect(() => readRegularFile(path)).toThrow(path);
  });
});

it('reads no file that a script has made longer than any memory', () => {
  const path = join(directory, 'file');
  writeFileSync(path, 'x');
  for (const size of [2 ** 30, 2 ** 40]) {
    truncateSync(path, size);
    expect(() => readRegularFile(path)).toThrow(`${path} has ${size} bytes`);
  }
  writeFileSync(path, 'xyz');
  expect(readRegularFile(path, 3).toString()).toBe('xyz');
  expect(() => readRegularFile(path, 2)).toThrow(expect.objectContaining({ code: 'EINVAL', errno: -1 }));
});

it('reads a file to its end, also one that has no size or is empty', () => {
  const path = join(directory, 'file');
  for (const text of ['', 'x', 'y'.repeat(100_000)]) {
    writeFileSync(path, text);
    expect(readRegularFile(path).toString()).toBe(text);
  }
  expect(readRegularFile('/proc/self/status').toString()).toContain('Pid:');
  expect(() => readRegularFile(join(directory, 'none'))).toThrow('ENOENT');
});
