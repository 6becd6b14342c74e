import type { JobPayload } from '../../protocol/index.ts';

type Update = Readonly<Record<string, unknown>>;

/** Reasons that GitLab's runner has always been allowed to say. */
const KNOWN: ReadonlySet<unknown> = new Set(['script_failure', 'runner_system_failure', 'job_execution_timeout']);
/** What stands for a reason that a server does not list; for others it is `unknown_failure`. */
const INSTEAD: Readonly<Record<string, string>> = {
  image_pull_failure: 'runner_system_failure',
  runner_configuration_error: 'script_failure',
  runner_external_dependency_failure: 'runner_system_failure',
};

/** A report as a plain server is told it: nothing of ours, no word that is not on its list, and nothing that says nothing, as GitLab's runner has it. */
export function plainUpdate(update: Update, features: JobPayload['features'] | undefined): Update {
  const { state, failure_reason: reason, exit_code: exitCode, checksum, output } = update;
  const isFailed = state === 'failed';
  const told = isFailed ? toldReason(reason, features?.failure_reasons ?? []) : null;
  // Of a script that was ended from outside, how it ended is not said.
  const isOwn = reason === 'script_failure' && typeof exitCode === 'number' && exitCode !== 0;
  return {
    state,
    ...(told === null ? {} : { failure_reason: told }),
    ...(checksum === undefined ? {} : { checksum }),
    output: output ?? {},
    ...(isFailed && isOwn ? { exit_code: exitCode } : {}),
  };
}

function toldReason(reason: unknown, listed: readonly string[]): string {
  if (typeof reason !== 'string' || reason === '') return 'script_failure';
  if (KNOWN.has(reason) || listed.includes(reason)) return reason;
  return INSTEAD[reason] ?? 'unknown_failure';
}
