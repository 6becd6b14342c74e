import type { JobPayload } from '../../protocol/index.ts';

/** What a payload asks for that no part of this runner can do, for people; null: nothing. A job without it would be another job, and does not begin. */
export function unsupportedBy({ secrets, run, steps }: JobPayload): string | null {
  const names = Object.keys(secrets ?? {});
  if (names.length > 0) return `this runner cannot fetch secrets from outside stores (secrets: ${names.join(', ')})`;
  if (hasSteps(run)) return 'this runner does not know steps (run)';
  // An after_script alone comes with `teardown_only`, and a job of nothing but hooks is none of GitLab's.
  return steps.length === 0 ? 'the job has no steps' : null;
}

function hasSteps(run: string | undefined): boolean {
  const text = run?.trim() ?? '';
  return !['', '[]', 'null'].includes(text);
}

/** What it asks for that is left out, for the log. */
export function leftOutOf({ inputs }: JobPayload): readonly string[] {
  const isNothing = (inputs ?? []).length === 0;
  return isNothing ? [] : ['this runner leaves ${{ … }} as it stands: it does not know inputs of jobs (inputs)'];
}
