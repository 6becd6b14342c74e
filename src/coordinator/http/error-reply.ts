import { STATUS_CODES } from 'node:http';
import { errorCode, Failure } from '../../base/index.ts';
import type { BlobFailureCode } from '../../blobs/index.ts';
import type { GitFailureCode } from '../../git/index.ts';
import type { StoreFailureCode } from '../../store/index.ts';
import { HttpError } from './http-error.ts';
import { describeValidation, type ValidationProblem } from './validation/describe-validation.ts';

/**
 * What the rooms throw, and what an asker is told: the status, and what is wrong in words that name no path, address or key of this machine, which the failure's own
 * message may do: that is for the log. Null: whoever calls that room has to deal with it; one that comes this far is a bug, as is
 * everything else that is thrown.
 */
const FAILURE_ANSWERS: Readonly<Record<StoreFailureCode | BlobFailureCode | GitFailureCode, Told | null>> = {
  store_full: [507, 'no room is left on the disk of the database'],
  store_read_only: [503, 'the database cannot be written'],
  store_locked: [503, 'another program holds the database'],
  store_unreachable: [503, 'the database cannot be reached'],
  store_conflict: [503, 'the database is too busy'],
  store_broken: [503, 'the disk of the database has failed, and the server has to be started again'],
  store_closed: [503, 'the server is stopping'],
  store_newer: [503, 'the database was written by a newer version'],
  store_foreign: [503, 'the database is not that of this program'],
  store_damaged: [503, 'the database is damaged'],
  store_key: [503, 'the key of the secrets in the database is missing or another'],
  commit_unknown: [503, 'the database was lost while this was being written, and it may have been'],
  bad_key: null,
  bad_range: [416],
  blob_not_found: [404, 'what was kept of it is gone'],
  blob_too_large: [413],
  checksum_mismatch: [400],
  canceled: [503, 'the request was cut'],
  stalled: [408],
  source_failed: [400],
  disk_full: [507, 'no room is left on the disk'],
  not_permitted: [503, 'artifacts and logs cannot be read or written'],
  store_unavailable: [503, 'artifacts and logs cannot be reached'],
  archive_refused: [400],
  archive_unreadable: [400, 'the archive cannot be read'],
  entry_not_found: [404],
  entry_unreadable: [400],
  index_unreadable: null,
  git_missing: [503, 'git is missing'],
  not_a_repository: null,
  not_a_checkout: null,
  repository_exists: [409],
  git_failed: null,
  git_timeout: [503, 'git took too long'],
  output_too_large: [413],
  request_too_large: [413],
  bad_request: [400],
  bad_name: [400],
  not_found: [404],
  unknown_ref: [404],
};

/** No words: the failure's own. */
type Told = readonly [status: number, words?: string];

/** Asked again, these may well be answered. */
const RETRY_AFTER_SECONDS = '5';

/** How an error is told; the one place where HTTP meets what our rooms throw. Null: a bug, which the log and the answer share the id of. */
export function errorReply(error: unknown): HttpError | null {
  if (error instanceof HttpError) return error;
  if (error instanceof Failure) {
    const told = Object.hasOwn(FAILURE_ANSWERS, error.code)
      ? FAILURE_ANSWERS[error.code as keyof typeof FAILURE_ANSWERS]
      : null;
    if (told === null) return null;
    const [status, words] = told;
    const headers = status === 503 ? { 'retry-after': RETRY_AFTER_SECONDS } : {};
    const said = words ?? error.message;
    const message = status >= 500 ? `${STATUS_CODES[status]} - ${said}` : said;
    return new HttpError(status, { message: `${status} ${message}` }, headers);
  }
  return fromFramework(error);
}

interface FrameworkError {
  readonly statusCode: number;
  readonly message: string;
  readonly validation?: readonly ValidationProblem[];
}

function fromFramework(error: unknown): HttpError | null {
  // Node's word for a client that left, or sent nonsense, in the middle of a body. Nobody hears the answer.
  if (error instanceof Error && error.message === 'aborted' && errorCode(error) === 'ECONNRESET') {
    return new HttpError(400, { error: 'body ended too early' });
  }
  if (!isFrameworkError(error)) return null;
  const { validation, statusCode, message } = error;
  if (validation !== undefined) return new HttpError(400, { error: describeValidation(validation) });
  return new HttpError(statusCode, { error: message });
}

/** The framework's own refusals of a request: a body that is too large, or not JSON. */
function isFrameworkError(error: unknown): error is FrameworkError {
  if (!(error instanceof Error) || !('statusCode' in error) || typeof error.statusCode !== 'number') return false;
  return error.statusCode >= 400 && error.statusCode < 500;
}
