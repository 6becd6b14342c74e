import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ODD_FILES } from '../../../test/support/files/odd-files.ts';
import { realClock } from '../../base/index.ts';
import { startGuard } from './guard.ts';

vi.mock('node:fs', async (original) => {
  const { watchfulFileSystem } = await import('../../../test/support/files/odd-files.ts');
  return watchfulFileSystem(await original());
});

let directory: string;
let troubles: string[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'epilogue-guard-'));
  troubles = [];
});

afterEach(() => rmSync(directory, { recursive: true }));

const start = (logFile: string) =>
  startGuard({ command: ['true'], logFile, clock: realClock, onTrouble: (text) => troubles.push(text) });

it.each(Object.entries(ODD_FILES))('guards where a script has put %s in the place of its log', async (_, make) => {
  const logFile = join(directory, 'guard.log');
  make(logFile);
  await start(logFile).dismiss();
  expect(troubles).toEqual([expect.stringContaining('what the guard says goes nowhere')]);
});

it('guards where there is no room for its log', async () => {
  await start(join(directory, 'nowhere', 'guard.log')).dismiss();
  expect(troubles).toEqual([expect.stringContaining('ENOENT')]);
  await start(join(directory, 'guard.log')).dismiss();
  expect(troubles).toHaveLength(1);
});
