/**
 * Expected trouble with the world outside (a full disk, a missing program, a lost connection).
 * The message says what was attempted and on what; `cause` keeps the original error.
 */
export class Failure extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'Failure';
    this.code = code;
  }
}

/** A broken promise of our own code: a bug. Ends the request, tick or attempt, never the loop around it. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`bug: ${message}`);
}

/** The `code` of a system error (`ENOSPC`, `EACCES`, …), if it has one. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** A one-line text for any thrown value, causes included. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause === undefined) return error.message;
  const why = describeError(error.cause);
  // Whoever put the reason into the message has said it.
  return error.message.includes(why) ? error.message : `${error.message}: ${why}`;
}
