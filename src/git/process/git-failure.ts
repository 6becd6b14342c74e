import { Failure } from '../../base/index.ts';

/** All codes of failures that leave this room; docs/git.md says what each means. */
export type GitFailureCode =
  | 'git_missing'
  | 'not_a_repository'
  | 'not_a_checkout'
  | 'repository_exists'
  | 'git_failed'
  | 'git_timeout'
  | 'canceled'
  | 'stalled'
  | 'output_too_large'
  | 'request_too_large'
  | 'bad_request'
  | 'bad_name'
  | 'not_found'
  | 'unknown_ref'
  | 'disk_full';

export function gitFailure(code: GitFailureCode, message: string, cause?: unknown): Failure {
  return new Failure(code, message, cause === undefined ? {} : { cause });
}
