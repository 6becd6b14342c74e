import type { JobFinished } from '../../local/index.ts';
import { printable } from '../terminal/clean-text.ts';
import type { Paint } from '../terminal/colour.ts';
import { displayWidth, padWidth } from '../terminal/display-width.ts';
import { formatDuration } from '../terminal/format-time.ts';
import { describeCleanup, describeEnd, isTrouble, STATUS_MARKS, shownName, WAITING_WORDS } from './describe-job.ts';
import { tailLines } from './log/log-tail.ts';
import type { JobView, RunView } from './run-view.ts';

const MAX_LOG_LINES = 60;
const MAX_NAME_CELLS = 60;

/** What somebody who did not watch needs to know about a job's log: failed ones, and cleanups that a cancel started. */
export function logExcerpts(view: RunView, paint: Paint, keepColours: boolean): string[] {
  const jobs = view.jobs.filter((job) => job.status === 'failed' || job.status === 'canceled');
  return jobs.flatMap((job) => excerpt(job, paint, keepColours));
}

function excerpt(job: JobView, paint: Paint, keepColours: boolean): string[] {
  // Of a canceled job the cleanup is what counts; why it was canceled is known.
  const from = job.status === 'canceled' ? (job.teardownOffset ?? job.tail.end) : 0;
  const { lines, isCut } = tailLines(job.tail, from, MAX_LOG_LINES, keepColours);
  if (lines.length === 0) return [];
  const what = job.status === 'canceled' ? 'cleanup of' : 'log of';
  const path = job.finished?.logFile ?? null;
  const heading = paint('bold', `── ${what} ${shownName(job)}`);
  return [
    path === null ? heading : `${heading} ${paint('dim', `(${isCut ? 'whole log: ' : ''}${path})`)}`,
    ...(isCut ? [paint('dim', '…')] : []),
    ...lines,
    '',
  ];
}

/** One line a job, as it ended. */
export function jobLines(view: RunView, paint: Paint): string[] {
  return linesOf(view.jobs, paint);
}

/** The same of those that failed for good, for where the lines that said so may be thousands further up. */
export function failedLines(view: RunView, paint: Paint): string[] {
  return linesOf(
    view.jobs.filter((job) => job.status === 'failed' && job.finished?.retriedAs == null),
    paint,
  );
}

function linesOf(jobs: readonly JobView[], paint: Paint): string[] {
  const cells = jobs.reduce((widest, job) => Math.max(widest, displayWidth(shownName(job))), 0);
  return jobs.map((job) => {
    const [mark, colour] = STATUS_MARKS[job.status];
    const words = job.finished === null ? WAITING_WORDS[job.status] || job.status : describeEnd(job.finished);
    return `${paint(colour, mark)} ${padWidth(shownName(job), Math.min(MAX_NAME_CELLS, cells))}  ${words}`;
  });
}

/** The last lines of every run, whatever showed it: what was kept, where, and above all which cleanup did not happen. */
export function closingLines(view: RunView, paint: Paint): string[] {
  const finished = view.jobs.flatMap((job) => (job.finished === null ? [] : [job.finished]));
  return [
    ...keptLines(finished),
    ...(view.started === null ? [] : [`logs: ${view.started.logs}`]),
    ...pipelineLine(view, paint),
    ...troubleLines(finished, paint),
  ];
}

function keptLines(finished: readonly JobFinished[]): string[] {
  return finished.flatMap((job) =>
    job.artifacts.map((path) => `artifacts of ${printable(job.name)}: ${printable(path)}`),
  );
}

function pipelineLine(view: RunView, paint: Paint): string[] {
  if (view.finished === null) return [];
  const { status, durationMs, exitCode } = view.finished;
  const [mark, colour] = STATUS_MARKS[status];
  const forced = view.interrupted?.force === true && exitCode !== 0 ? ', forced' : '';
  return [paint('bold', `${paint(colour, mark)} pipeline: ${status}${forced} (${formatDuration(durationMs)})`)];
}

/** "Owed" sounds as if `recover` would see to it. */
function whoseTurn({ cleanup }: JobFinished): string {
  return cleanup.outcome === 'skipped' ? '; nobody else will do it: it is yours now' : '';
}

/** Skipped ones come last: nothing may stand between them and the prompt. */
function troubleLines(finished: readonly JobFinished[], paint: Paint): string[] {
  const trouble = finished.filter((job) => isTrouble(job.cleanup));
  const last = (job: JobFinished) => (job.cleanup.outcome === 'skipped' ? 1 : 0);
  return trouble
    .toSorted((one, other) => last(one) - last(other))
    .map((job) => paint('red', `${printable(job.name)}: ${describeCleanup(job.cleanup)}${whoseTurn(job)}`));
}
