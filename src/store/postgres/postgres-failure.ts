import { describeError, errorCode, Failure } from '../../base/index.ts';
import { storeFailure } from '../store-failure.ts';

/**
 * What an error of the driver or the server means for whoever may try again. `outdated`: a newer replica has changed a table that this connection
 * has prepared statements for; a fresh connection has not.
 */
export type Trouble = 'conflict' | 'outdated' | 'busy' | 'unreachable' | 'full' | 'read_only' | 'other';

/** SQLSTATE, https://www.postgresql.org/docs/current/errcodes-appendix.html */
const BY_STATE: Readonly<Record<string, Trouble>> = {
  '40001': 'conflict',
  '40P01': 'conflict',
  '55P03': 'conflict',
  '53100': 'full',
  '25006': 'read_only',
  // A statement that takes longer than it may: asked again at once it would take as long.
  '57014': 'busy',
};
/** Its SQLSTATE (`feature_not_supported`) says little. */
const OUTDATED_TEXT = /^cached plan must not change result type/;
const UNREACHABLE_STATE = /^(08...|57P0[1-5]|53[0234]00|58...|25P03)$/;
const UNREACHABLE_CODE = /^(ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|ENOENT|EACCES)/;
/** The driver gives these no code. */
const UNREACHABLE_TEXT =
  /^(Connection terminated|timeout exceeded when trying to connect|Client (has encountered a connection error|was closed)|Query read timeout)/;

/** There was none to be had. A server says so with many codes (it starts, it takes no more, it is being moved, its password is another) that mean one thing. */
export class NoConnection extends Error {
  constructor(cause: unknown) {
    super('no connection', { cause });
    this.name = 'NoConnection';
  }
}

export function readTrouble(error: unknown): Trouble {
  if (error instanceof Failure || !(error instanceof Error)) return 'other';
  if (error instanceof NoConnection) return 'unreachable';
  const code = errorCode(error) ?? '';
  if (UNREACHABLE_STATE.test(code) || UNREACHABLE_CODE.test(code)) return 'unreachable';
  if (OUTDATED_TEXT.test(error.message)) return 'outdated';
  return BY_STATE[code] ?? (UNREACHABLE_TEXT.test(error.message) ? 'unreachable' : 'other');
}

const CODES = {
  conflict: 'store_conflict',
  outdated: 'store_conflict',
  busy: 'store_conflict',
  unreachable: 'store_unreachable',
  full: 'store_full',
  read_only: 'store_read_only',
} as const;

/** As a failure where it is one; anything else as it is. */
export function readPostgresError(error: unknown, name: string): unknown {
  const trouble = readTrouble(error);
  return trouble === 'other' ? error : storeFailure(CODES[trouble], `${name}: ${describeError(error)}`, error);
}
