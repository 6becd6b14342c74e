import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { hasSmallDisks } from '../../crash/small-disk.ts';
import { brokenPromises, describeCell } from './describe-cell.ts';
import { startOurWorld } from './our-world.ts';
import { FAULTS, type Fault, PHASES, type Phase } from './phases.ts';
import { startPlainWorld } from './plain-world.ts';
import { runCell } from './run-cell.ts';
import { IMPOSSIBLE, keyOf, readTable, SERVERS, type ServerKind, writeTable } from './table.ts';
import type { World } from './world.ts';

const WORLDS: Readonly<Record<ServerKind, () => Promise<World>>> = {
  'our coordinator': startOurWorld,
  'a plain-protocol server': startPlainWorld,
};

/** `MATRIX=script,after_script`: these phases alone. */
const phases = PHASES.filter((phase) => process.env.MATRIX?.split(',').includes(phase) ?? true);
const documented = readTable();
const seenCells = new Map<string, string>(documented);
const root = realpathSync(mkdtempSync(join(tmpdir(), 'epilogue-matrix-')));

afterAll(() => {
  if (process.env.WRITE_MATRIX === '1') writeTable(seenCells);
  rmSync(root, { recursive: true, force: true });
});

/** Only where the cleanup runs can its time be over. */
function canBe(fault: Fault, phase: Phase): boolean {
  return fault !== 'cleanup timeout' || phase === 'after_script';
}

describe.concurrent.each(SERVERS)('a job of %s', (server) => {
  it.concurrent.for(FAULTS)(
    'that %s strikes keeps the promise in every phase, and ends as the table says',
    { timeout: 400_000 },
    async (fault, { skip }) => {
      skip(fault === 'disk full' && !hasSmallDisks, 'needs a small disk: root, or one that is lent');
      const world = await WORLDS[server]();
      const wrong: string[] = [];
      try {
        for (const phase of phases.filter((each) => canBe(fault, each))) {
          const key = keyOf(server, fault, phase);
          try {
            const seen = await runCell(world, fault, phase, root);
            const cell = describeCell(seen);
            seenCells.set(key, cell);
            const broken = brokenPromises(seen, fault, phase);
            if (broken.length > 0) wrong.push(`${phase}: ${broken.join('; ')} (${cell})\n${seen.runnerLog}`);
            else if (process.env.WRITE_MATRIX !== '1' && documented.get(key) !== cell)
              wrong.push(`${phase}: ${cell}\n  where the table says: ${documented.get(key) ?? IMPOSSIBLE}`);
          } catch (error) {
            wrong.push(`${phase}: ${String(error)}`);
          }
        }
      } finally {
        await world.dispose();
      }
      expect(wrong.join('\n')).toBe('');
    },
  );
});
