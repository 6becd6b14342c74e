import { brokenPromises, describeCell } from './describe-cell.ts';
import { type Fault, PHASES, type Phase } from './phases.ts';
import { runCell, type Where } from './run-cell.ts';
import { IMPOSSIBLE, keyOf, readTable, type ServerKind } from './table.ts';

/** `MATRIX=script,after_script`: these phases alone. */
const phases = PHASES.filter((phase) => process.env.MATRIX?.split(',').includes(phase) ?? true);
const documented = readTable();

/** Only where the cleanup runs can its time be over. */
function canBe(fault: Fault, phase: Phase): boolean {
  return fault !== 'cleanup timeout' || phase === 'after_script';
}

/**
 * Plays what strikes in every phase, one after the other.
 *
 * @param note is told each cell, and may have it otherwise than the table has
 * @returns what breaks a promise, or is not as the table says; empty: nothing
 */
export async function playRow(
  where: Where,
  { server, fault }: { readonly server: ServerKind; readonly fault: Fault },
  note: ((key: string, cell: string) => void) | null = null,
): Promise<string> {
  const wrong: string[] = [];
  for (const phase of phases.filter((each) => canBe(fault, each))) {
    const key = keyOf(server, fault, phase);
    try {
      const seen = await runCell(where, fault, phase);
      const cell = describeCell(seen);
      note?.(key, cell);
      const broken = brokenPromises(seen, fault, phase);
      if (broken.length > 0) wrong.push(`${phase}: ${broken.join('; ')} (${cell})\n${seen.runnerLog}`);
      else if (note === null && documented.get(key) !== cell)
        wrong.push(`${phase}: ${cell}\n  where the table says: ${documented.get(key) ?? IMPOSSIBLE}`);
    } catch (error) {
      wrong.push(`${phase}: ${String(error)}`);
    }
  }
  return wrong.join('\n');
}
