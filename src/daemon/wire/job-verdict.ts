import { drop } from './ask.ts';
import { readStopOrder, type StopOrder } from './stop-order.ts';

/**
 * What an answer about a job says besides. `cancel`: tear it down; `gone`: it is no longer this runner's, nothing it says counts any more;
 * `later`: the coordinator cannot say now; `log_again`: it takes the result once it has the whole log, which it wants from the first byte.
 */
export type JobVerdict =
  | { readonly kind: 'go_on' | 'later' | 'log_again' }
  | { readonly kind: 'cancel' | 'gone'; readonly order: StopOrder };

const CANCELING = 'canceling';
/** Of a job that is over for the coordinator. */
const OVER: ReadonlySet<string> = new Set(['canceled', 'failed', 'success', 'skipped']);

/** Reads status and `Job-Status`, as GitLab's runner does, and `Epilogue-Stop`, which only our coordinator says. @param isFinal the answer to a job's result: that it is over is no news. */
export async function verdictOf(answer: Response, isFinal = false): Promise<JobVerdict> {
  await drop(answer);
  const { status } = answer;
  const words = answer.headers.get('epilogue-stop');
  const form = new URLSearchParams(words ?? '');
  const order = readStopOrder(form.get('cause'), form.get('by'));
  if (status === 401 || status === 403 || status === 404 || status === 410) return { kind: 'gone', order };
  if (status === 409 && isFinal) return { kind: 'gone', order };
  const said = answer.headers.get('job-status') ?? '';
  if (!isFinal && OVER.has(said)) return { kind: 'gone', order };
  if (status === 412 && isFinal) return { kind: 'log_again' };
  if (status >= 400 && status !== 416) return { kind: 'later' };
  const isStopped = said === CANCELING || (words !== null && order.cause === 'timed_out');
  return isStopped ? { kind: 'cancel', order } : { kind: 'go_on' };
}
