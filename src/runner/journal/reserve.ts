import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode, Failure } from '../../base/index.ts';

const RESERVE_BYTES = 1024 * 1024;

/**
 * Sets disk space aside before a cleanup can be owed, so that a script which fills the disk cannot take the room that its own
 * after_script, its journal and its log need. Given back by `releaseReserve` when the teardown begins.
 * @throws Failure `no_space`: nothing has run, nothing is owed.
 */
export function holdReserve(directory: string): void {
  try {
    writeFileSync(join(directory, 'reserve'), Buffer.alloc(RESERVE_BYTES), { mode: 0o600 });
  } catch (cause) {
    rmSync(join(directory, 'reserve'), { force: true });
    throw new Failure('no_space', `cannot set 1 MiB aside for the cleanup in ${directory} (${errorCode(cause)})`, {
      cause,
    });
  }
}

export function releaseReserve(directory: string): void {
  rmSync(join(directory, 'reserve'), { force: true });
}
