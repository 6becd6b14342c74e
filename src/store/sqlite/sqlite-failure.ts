import { describeError, Failure } from '../../base/index.ts';
import { type StoreFailureCode, storeFailure } from '../store-failure.ts';

/** SQLite's primary result codes, https://sqlite.org/rescode.html. */
const CODES: Readonly<Record<number, StoreFailureCode>> = {
  5: 'store_locked',
  8: 'store_read_only',
  11: 'store_damaged',
  13: 'store_full',
  14: 'store_read_only',
  23: 'store_read_only',
  26: 'store_foreign',
};
/** SQLITE_IOERR_SHMSIZE: the file beside the database that readers share could not grow. */
const NO_ROOM_FOR_SHARED_MEMORY = 4874;

const WORDS: Partial<Record<StoreFailureCode, string>> = {
  store_full: 'no room left on the disk; nothing was changed',
  store_locked: 'another program holds it',
  store_read_only: 'it cannot be opened or written',
  store_damaged: 'it is damaged; restore a backup',
  store_foreign: 'it is no database of this program',
};

/** What SQLite threw, as a failure where it is one; anything else as it is. */
export function readSqliteError(error: unknown, file: string): unknown {
  if (error instanceof Failure) return error;
  const code = resultCode(error);
  if (code === null) return error;
  const name = code === NO_ROOM_FOR_SHARED_MEMORY ? 'store_full' : CODES[code & 0xff];
  if (name === undefined) return error;
  return storeFailure(name, `${file}: ${WORDS[name] ?? name} (${describeError(error)})`, error);
}

function resultCode(error: unknown): number | null {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : null;
}
