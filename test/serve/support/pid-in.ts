import { readFileSync } from 'node:fs';
import { waitUntil } from '../../support/wait-until.ts';

/** The number that a job writes into this file, once it is there. */
export async function pidIn(path: string): Promise<number> {
  const found = await waitUntil(`a process has written its number into ${path}`, () => {
    try {
      return /^(\d+)\n/.exec(readFileSync(path, 'utf8'));
    } catch {
      return null;
    }
  });
  return Number(found[1]);
}
