import type { Control } from '../runner/index.ts';

/** What a shell reports for a process that ended by this signal. */
const CODES: Readonly<Record<string, number>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };
const FORCED = 137;

/** The exit code of a program that was stopped by a signal, cleanup done or skipped; null: it was not. */
export function stopExitCode({ interruption, forced }: Control): number | null {
  if (forced !== null) return FORCED;
  return interruption === null ? null : (CODES[interruption.by] ?? FORCED);
}
