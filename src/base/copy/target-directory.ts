import { readdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { describeError, errorCode, Failure } from '../failure.ts';
import { makeDirectory } from '../files/make-directory.ts';
import { removeTree } from '../files/remove-tree.ts';

/**
 * Lets `fill` fill a directory that is absent (it is made, mode 0700) or empty, and leaves nothing half-made when it cannot.
 * @throws Failure `no_space`, `target_unwritable`, `target_not_empty`; what `fill` throws as a Failure goes through.
 */
export async function fillDirectory(dir: string, what: string, fill: () => Promise<void>): Promise<void> {
  try {
    makeEmpty(dir);
  } catch (error) {
    throw explain(error, dir, what);
  }
  try {
    await fill();
  } catch (error) {
    // A hook's background process may have mounted something there meanwhile.
    await removeTree(dirname(dir), [basename(dir)]);
    throw explain(error, dir, what);
  }
}

function makeEmpty(dir: string): void {
  makeDirectory(dir, 0o700);
  if (readdirSync(dir).length > 0) throw new Failure('target_not_empty', `${dir} is not empty`);
}

function explain(error: unknown, dir: string, what: string): unknown {
  if (error instanceof Failure) return error;
  switch (errorCode(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new Failure('no_space', `cannot ${what} ${dir}: no space left there`, { cause: error });
    case 'EROFS':
    case 'EACCES':
    case 'EPERM':
    case 'ENOTDIR':
    case 'EEXIST':
    case 'ENOENT':
      return new Failure('target_unwritable', `cannot ${what} ${dir}: ${describeError(error)}`, { cause: error });
    default:
      // Other system errors (EIO, EMFILE, …) are trouble outside as well; anything without a code is a bug.
      return errorCode(error)?.startsWith('E')
        ? new Failure('copy_failed', `cannot ${what} ${dir}: ${describeError(error)}`, { cause: error })
        : error;
  }
}
