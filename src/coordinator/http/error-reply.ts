import { STATUS_CODES } from 'node:http';
import { Failure } from '../../base/index.ts';
import type { BlobFailureCode } from '../../blobs/index.ts';
import type { GitFailureCode } from '../../git/index.ts';
import type { StoreFailureCode } from '../../store/index.ts';
import { HttpError } from './http-error.ts';

/**
 * What the rooms throw, and what an asker is told. Null: whoever calls that room has to deal with it; one that comes this far is a bug, as is
 * everything else that is thrown.
 */
const FAILURE_STATUS: Readonly<Record<StoreFailureCode | BlobFailureCode | GitFailureCode, number | null>> = {
  store_full: 507,
  store_read_only: 503,
  store_locked: 503,
  store_unreachable: 503,
  store_conflict: 503,
  store_broken: 503,
  store_closed: 503,
  store_newer: 503,
  store_foreign: 503,
  store_damaged: 503,
  store_key: 503,
  commit_unknown: 503,
  bad_key: null,
  bad_range: 416,
  blob_not_found: 404,
  blob_too_large: 413,
  checksum_mismatch: 400,
  canceled: 503,
  stalled: 408,
  source_failed: 400,
  disk_full: 507,
  not_permitted: 503,
  store_unavailable: 503,
  archive_refused: 400,
  archive_unreadable: 400,
  entry_not_found: 404,
  entry_unreadable: 400,
  index_unreadable: null,
  git_missing: 503,
  not_a_repository: null,
  not_a_checkout: null,
  repository_exists: 409,
  git_failed: null,
  git_timeout: 503,
  output_too_large: 413,
  request_too_large: 413,
  bad_request: 400,
  bad_name: 400,
  not_found: 404,
  unknown_ref: 404,
};

/** Of what lies in the store of blobs, the message names keys, which are no business of whoever asks. */
const INSTEAD: Readonly<Record<string, string>> = {
  blob_not_found: 'what was kept of it is gone',
  archive_unreadable: 'the archive cannot be read',
};

/** Asked again, these may well be answered. */
const RETRY_AFTER_SECONDS = '5';

/** How an error is told; the one place where HTTP meets what our rooms throw. Null: a bug, which the log and the answer share the id of. */
export function errorReply(error: unknown): HttpError | null {
  if (error instanceof HttpError) return error;
  if (error instanceof Failure) {
    const status = Object.hasOwn(FAILURE_STATUS, error.code)
      ? FAILURE_STATUS[error.code as keyof typeof FAILURE_STATUS]
      : null;
    if (status === null) return null;
    const headers = status === 503 ? { 'retry-after': RETRY_AFTER_SECONDS } : {};
    // What is wrong with this machine is for its log: the message may name paths and addresses.
    const words = status >= 500 ? STATUS_CODES[status] : (INSTEAD[error.code] ?? error.message);
    return new HttpError(status, { message: `${status} ${words}` }, headers);
  }
  return fromFramework(error);
}

interface FrameworkError {
  readonly statusCode: number;
  readonly message: string;
  readonly validation?: readonly ValidationProblem[];
}

interface ValidationProblem {
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
}

function fromFramework(error: unknown): HttpError | null {
  if (!isFrameworkError(error)) return null;
  const { validation, statusCode, message } = error;
  if (validation !== undefined) return new HttpError(400, { error: validation.map(problemWords).join(', ') });
  return new HttpError(statusCode, { error: message });
}

/** The framework's own refusals of a request: a body that is too large, or not JSON. */
function isFrameworkError(error: unknown): error is FrameworkError {
  if (!(error instanceof Error) || !('statusCode' in error) || typeof error.statusCode !== 'number') return false;
  return error.statusCode >= 400 && error.statusCode < 500;
}

/** In GitLab's words: `ref is missing`, `scope does not have a valid value`, `page is invalid`. */
function problemWords({ instancePath, keyword, params }: ValidationProblem): string {
  const path = instancePath.split('/').filter(Boolean);
  const name = (last?: string): string => {
    const [first = 'body', ...rest] = last === undefined ? path : [...path, last];
    return first + rest.map((part) => `[${part}]`).join('');
  };
  if (keyword === 'required') return `${name(String(params.missingProperty))} is missing`;
  if (keyword === 'additionalProperties') return `${name(String(params.additionalProperty))} is unknown`;
  if (keyword === 'enum' || keyword === 'const') return `${name()} does not have a valid value`;
  return `${name()} is invalid`;
}
