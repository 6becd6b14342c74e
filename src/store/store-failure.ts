import { Failure } from '../base/index.ts';

/**
 * - `store_newer`: the database was written by a newer program
 * - `store_foreign`: it is no database of this program
 * - `store_damaged`: it does not read as what it should be
 * - `store_read_only`: it may not be written
 * - `store_full`: no room left; nothing was changed, reading goes on
 * - `store_locked`: another program holds it
 * - `store_key`: the key file is not the one that its secrets were sealed with, or cannot be had
 * - `store_unreachable`: no connection, also after trying again
 * - `store_conflict`: a transaction lost against others, also after trying again
 * - `commit_unknown`: the connection was lost during the commit; whoever can ask what became of it, or repeat it safely, does
 * - `store_broken`: the disk refused to sync. What is written from now on may be lost, so nothing is: the program has to start again
 * - `store_closed`: called after `close`
 */
export type StoreFailureCode =
  | 'store_newer'
  | 'store_foreign'
  | 'store_damaged'
  | 'store_read_only'
  | 'store_full'
  | 'store_locked'
  | 'store_key'
  | 'store_unreachable'
  | 'store_conflict'
  | 'commit_unknown'
  | 'store_broken'
  | 'store_closed';

export function storeFailure(code: StoreFailureCode, message: string, cause?: unknown): Failure {
  return new Failure(code, message, cause === undefined ? undefined : { cause });
}
