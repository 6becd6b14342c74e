import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';

const root = mkdtempSync(join(tmpdir(), 'epilogue-main-'));

afterEach(() => rmSync(root, { recursive: true }));

it.each(['--version', '-V'])('prints the version for %s and loads nothing else of the program', (word) => {
  // Alone in a directory, the entry file would fail if it imported anything of ours.
  mkdirSync(join(root, 'src'), { recursive: true });
  cpSync(join(import.meta.dirname, '../../src/main.ts'), join(root, 'src/main.ts'));
  cpSync(join(import.meta.dirname, '../../package.json'), join(root, 'package.json'));
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  expect(execFileSync(process.execPath, [join(root, 'src/main.ts'), word], { encoding: 'utf8' })).toBe(`${version}\n`);
});
