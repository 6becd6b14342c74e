import { randomBytes } from 'node:crypto';
import { linkSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describeError, errorCode, readRegularFile, syncDirectory, writeDurably } from '../../base/index.ts';

/** `owner`: 32 hex digits and a newline, made once. By it what jobs of this directory have in an engine is told from what those of another machine have there, below the same path. */
const FILE = 'owner';
const NAME = /^[0-9a-f]{32}$/;
const NAME_BYTES = 16;

/** The name of a directory of jobs. null: it has none yet, or nobody can read it. */
export function readOwner(directory: string): string | null {
  try {
    const text = readRegularFile(join(directory, FILE)).toString().trim();
    return NAME.test(text) ? text : null;
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return null;
  }
}

/** The same, made where there is none. null, and why in `warn`: none can be had, which stops nobody from working. */
export function ownerOf(directory: string, warn: (text: string) => void): string | null {
  const known = readOwner(directory);
  if (known !== null) return known;
  const path = join(directory, FILE);
  let why = `${path} has no name in it: remove it`;
  try {
    make(path);
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    why = describeError(error);
  }
  const made = readOwner(directory);
  if (made === null)
    warn(`what jobs leave in an engine is told from what other machines leave there by its path alone: ${why}`);
  return made;
}

/** Of several that do so at once the first has its way, and whoever reads it reads the whole. */
function make(path: string): void {
  const draft = `${path}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    writeDurably(draft, `${randomBytes(NAME_BYTES).toString('hex')}\n`, true);
    linkSync(draft, path);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  syncDirectory(dirname(path));
}
