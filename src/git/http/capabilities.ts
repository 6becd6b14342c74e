import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BareRepository } from '../bare/bare-repository.ts';

/*
 * In version 2 of its protocol `git upload-pack` first says what it can do, and nothing of the repository: that follows from the program, what it is started
 * with and the repository's settings. So one process says it for all repositories that are alike. It is a third of the processes of a fetch.
 */

/** Settings that repositories can differ in are few; far more than there ever are. */
const MOST = 64;
const known = new Map<string, Buffer>();

/** What is known of the capabilities of repositories like one. */
export interface Capabilities {
  /** Null: nobody has asked yet. */
  readonly said: Buffer | null;
  keep(said: Buffer): void;
}

/** Null: the repository cannot be read, and git has to say why. */
export async function capabilitiesOf({ gitDir, start }: BareRepository): Promise<Capabilities | null> {
  const settings = await readFile(join(gitDir, 'config'), 'utf8').catch(() => null);
  if (settings === null) return null;
  const key = JSON.stringify([start, settings]).replaceAll(JSON.stringify(gitDir).slice(1, -1), '');
  return {
    said: known.get(key) ?? null,
    keep(said) {
      if (known.size >= MOST) known.clear();
      known.set(key, said);
    },
  };
}
