import { drop } from './http/ask.ts';
import { readStopOrder, type StopOrder } from './stop-order.ts';

/**
 * What an answer about a job says besides. `cancel`: tear it down; `gone`: it is no longer this runner's, nothing it says counts any more;
 * `later`: the server cannot say now; `log_again`: it takes the result once it has the whole log, which it wants from the first byte; `again`: it has the result,
 * and wants to hear it once more when it has done with the log; `offered`: this runner was taken for lost, and nobody else has the cleanup yet: a report with `resumed`
 * takes it back.
 */
export type JobVerdict =
  | { readonly kind: 'go_on' | 'log_again' }
  | { readonly kind: 'later'; readonly status?: number }
  | { readonly kind: 'again'; readonly pauseMs: number | null }
  | { readonly kind: 'cancel' | 'gone' | 'offered'; readonly order: StopOrder };

export interface VerdictOptions {
  readonly about: 'running' | 'trace' | 'result';
  /** Whether the server has our additions; null: nobody knows. */
  readonly hasAdditions: boolean | null;
}

const CANCELING = 'canceling';
/** Of a job that is over for the server. */
const OVER: ReadonlySet<string> = new Set(['canceled', 'failed', 'success', 'skipped']);

/**
 * Reads status and `Job-Status`, as GitLab's runner does, and `Epilogue-Stop`, which only our coordinator says. What ends a job here has to come from whoever
 * has it: in front of our coordinator, whose every answer says its version, a proxy's 403 or 404 is trouble that passes. A plain server cannot be told from its
 * proxy; it is believed in what GitLab's runner believes it.
 */
export async function verdictOf(answer: Response, { about, hasAdditions }: VerdictOptions): Promise<JobVerdict> {
  await drop(answer);
  const { status, headers } = answer;
  const said = headers.get('job-status') ?? '';
  const isResult = about === 'result';
  const isItself = said !== '' || headers.has('epilogue-version') || hasAdditions === false;
  // A page that a proxy has for everything has taken nothing.
  if (hasAdditions === true && !isItself) return { kind: 'later', status };
  const order = orderIn(headers, said);
  const isOffered = new URLSearchParams(headers.get('epilogue-stop') ?? '').get('offered') === '1';
  // Until a report has taken it back.
  if (isOffered && about === 'trace') return { kind: 'later', status };
  if (isOffered && about === 'running') return { kind: 'offered', order };
  if (isItself && isRefusal(status, about)) return { kind: 'gone', order };
  // That the job is over is no news when its result has been told.
  if (!isResult && OVER.has(said)) return { kind: 'gone', order };
  if (isResult && status === 200) return { kind: 'go_on' };
  if (isResult && status === 412) return { kind: 'log_again' };
  // None at all would be asked for without a pause, for as long as the server says so.
  if (isResult && status === 202) return { kind: 'again', pauseMs: secondsIn(headers) || null };
  // Ours says so when the state of the job is another one: to say it again changes nothing.
  const isPast = status === 409 && headers.has('epilogue-version');
  if (isPast && isResult) return { kind: 'gone', order };
  // Neither has one that sends us elsewhere.
  if (isResult || (status >= 300 && status !== 416 && !isPast)) return { kind: 'later', status };
  const isStopped = said === CANCELING || headers.has('epilogue-stop');
  return isStopped ? { kind: 'cancel', order } : { kind: 'go_on' };
}

/** A log that is not found may be one that is erased: the job goes on. */
function isRefusal(status: number, about: VerdictOptions['about']): boolean {
  return status === 403 || (status === 404 && about !== 'trace');
}

/** A job that was taken away without a word of who wanted it to end was taken for lost. */
function orderIn(headers: Headers, said: string): StopOrder {
  const form = Object.fromEntries(new URLSearchParams(headers.get('epilogue-stop') ?? ''));
  return readStopOrder(form, said === CANCELING || said === 'canceled' ? 'canceled' : 'runner_lost');
}

/** `X-GitLab-Trace-Update-Interval` in ms; less than 0, and what is no number, are nothing said. @param longestS GitLab's runner waits no longer */
export function secondsIn(headers: Headers, longestS = 900): number | null {
  const said = headers.get('x-gitlab-trace-update-interval') ?? '';
  return /^\d{1,9}$/.test(said) ? Math.min(Number(said), longestS) * 1000 : null;
}
