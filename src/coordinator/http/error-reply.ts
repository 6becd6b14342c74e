import { Failure } from '../../base/index.ts';
import { HttpError } from './http-error.ts';

/** Expected trouble that is not the asker's mistake, by the code of the `Failure`. Everything else that is thrown is a bug: 500. */
const FAILURE_STATUS: Readonly<Record<string, number>> = {
  store_full: 507,
  store_unavailable: 503,
  commit_unknown: 503,
  blob_too_large: 413,
  blob_unavailable: 503,
  git_unavailable: 503,
  shutting_down: 503,
};

/** Asked again, these may well be answered. */
const RETRY_AFTER_SECONDS = '5';

/** How an error is told; the one place where HTTP meets what our rooms throw. Null: a bug, which the log and the answer share the id of. */
export function errorReply(error: unknown): HttpError | null {
  if (error instanceof HttpError) return error;
  if (error instanceof Failure) {
    const status = FAILURE_STATUS[error.code];
    if (status === undefined) return null;
    const headers = status === 503 ? { 'retry-after': RETRY_AFTER_SECONDS } : {};
    return new HttpError(status, { message: `${status} ${error.message}` }, headers);
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
