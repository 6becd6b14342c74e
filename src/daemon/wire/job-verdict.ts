import { drop } from './ask.ts';

/**
 * What an answer about a job says besides. `cancel`: tear it down; `gone`: it is no longer this runner's, nothing it says counts any more;
 * `later`: the coordinator cannot say now.
 */
export type JobVerdict = 'go_on' | 'cancel' | 'gone' | 'later';

const CANCELING = 'canceling';
/** Of a job that is over for the coordinator. */
const OVER: ReadonlySet<string> = new Set(['canceled', 'failed', 'success', 'skipped']);

/** Reads status and `Job-Status`, as GitLab's runner does. @param isFinal the answer to a job's result: that it is over is no news. */
export async function verdictOf(answer: Response, isFinal = false): Promise<JobVerdict> {
  await drop(answer);
  const { status } = answer;
  if (status === 401 || status === 403 || status === 404 || status === 410) return 'gone';
  if (status === 409 && isFinal) return 'gone';
  const said = answer.headers.get('job-status') ?? '';
  if (!isFinal && OVER.has(said)) return 'gone';
  if (status >= 400 && status !== 416) return 'later';
  return said === CANCELING ? 'cancel' : 'go_on';
}
