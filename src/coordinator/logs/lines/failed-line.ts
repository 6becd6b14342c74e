import type { FoundSections } from '../../../blobs/index.ts';
import type { JobRecord } from '../../../store/index.ts';
import type { LineSource } from './line-source.ts';

/** Sections of a job's own commands: GitLab's runner has these names, and so has ours. */
const OWN_STEP = /^(?:step_|build_script$)/;

/**
 * Where a job failed: the end of the section of the step that did, else the last error that its runner says. No words of the job are guessed at.
 * Null: it did not fail, or it is not known (yet).
 */
export function failedLine(
  { errorLine }: Pick<LineSource, 'errorLine'>,
  { sections }: FoundSections,
  { status, cause, failureReason }: Pick<JobRecord['state'], 'status' | 'cause' | 'failureReason'>,
): number | null {
  if (status !== 'failed' && !(cause === 'failed' || cause === 'timed_out')) return null;
  if (failureReason !== null && !OF_STEPS.has(failureReason)) return errorLine;
  const step = sections.findLast(({ name, endLine }) => OWN_STEP.test(name) && endLine !== null);
  if (step?.endLine == null) return errorLine;
  return Math.max(step.startLine, step.endLine - 1);
}

const OF_STEPS: ReadonlySet<string> = new Set(['script_failure', 'job_execution_timeout']);
