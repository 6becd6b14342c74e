import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { hasSmallDisks } from '../../crash/small-disk.ts';
import { shellExecutor as executor } from './cell-executor.ts';
import { FAULTS } from './phases.ts';
import { playRow } from './play-row.ts';
import { readTable, SERVERS, writeTable } from './table.ts';
import { WORLDS } from './worlds.ts';

const seenCells = new Map<string, string>(readTable());
const isWritten = process.env.WRITE_MATRIX === '1';
const root = realpathSync(mkdtempSync(join(tmpdir(), 'epilogue-matrix-')));

afterAll(() => {
  if (isWritten) writeTable(seenCells);
  rmSync(root, { recursive: true, force: true });
});

describe.concurrent.each(SERVERS)('a job of %s', (server) => {
  it.concurrent.for(FAULTS)(
    'that %s strikes keeps the promise in every phase, and ends as the table says',
    { timeout: 400_000 },
    async (fault, { skip }) => {
      skip(fault === 'disk full' && !hasSmallDisks, 'needs a small disk: root, or one that is lent');
      const world = await WORLDS[server]();
      try {
        const note = isWritten ? (key: string, cell: string) => void seenCells.set(key, cell) : null;
        expect(await playRow({ world, executor, root }, { server, fault }, note)).toBe('');
      } finally {
        await world.dispose();
      }
    },
  );
});
