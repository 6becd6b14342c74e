import type { HeaderLimits } from './push-request.ts';

export interface GitLimits {
  /** How long a client may neither give nor take a byte while we wait for it. */
  readonly stallMs: number;
  /** Of one request, whole. */
  readonly deadlineMs: number;
  /** The body of a fetch, after gunzip. */
  readonly fetchRequestBytes: number;
  readonly push: HeaderLimits & {
    readonly packBytes: number;
    readonly decideMs: number;
    /** How long the answer waits for the lines. */
    readonly finishedMs: number;
  };
}

/** docs/git.md has the table. */
export const defaultGitLimits: GitLimits = {
  stallMs: 60_000,
  deadlineMs: 60 * 60_000,
  fetchRequestBytes: 64 * 1024 * 1024,
  push: {
    commands: 10_000,
    options: 100,
    headerBytes: 4 * 1024 * 1024,
    packBytes: 1024 * 1024 * 1024,
    decideMs: 30_000,
    finishedMs: 10_000,
  },
};
