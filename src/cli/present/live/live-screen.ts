import { isExecuting, isFinished, type Status } from '../../../protocol/index.ts';
import { printable } from '../../terminal/clean-text.ts';
import type { Paint } from '../../terminal/colour.ts';
import { displayWidth, fitWidth, padWidth } from '../../terminal/display-width.ts';
import { formatCountdown, formatDuration } from '../../terminal/format-time.ts';
import type { TerminalSize } from '../../terminal/output.ts';
import {
  countJobs,
  describeEndUntimed,
  describeTeardown,
  STATUS_MARKS,
  shownName,
  WAITING_WORDS,
} from '../describe-job.ts';
import { lastLine } from '../log/log-tail.ts';
import type { JobView, RunView } from '../run-view.ts';

const TIME_CELLS = 7;
const MAX_NAME_CELLS = 40;
/** Header, footer, and the line that the cursor stands on. */
const FRAME_ROWS = 3;

/** The whole live view as lines that fit the terminal; no line is as wide as it, so that none wraps. */
export function renderScreen(view: RunView, now: number, size: TerminalSize, paint: Paint): string[] {
  const cells = Math.max(1, size.columns - 1);
  const rows = Math.max(1, size.rows - FRAME_ROWS);
  const { shown, hidden } = chooseJobs(view.jobs, rows);
  const widest = Math.max(0, ...shown.map((job) => displayWidth(shownName(job))));
  const nameCells = Math.min(MAX_NAME_CELLS, widest, Math.max(4, Math.floor(cells * 0.4)));
  return [
    paint('bold', fitWidth(header(view), cells)),
    ...shown.map((job) => jobRow(job, now, { cells, nameCells }, paint)),
    ...(hidden.length === 0 ? [] : [paint('dim', fitWidth(`… and ${countStatuses(hidden)}`, cells))]),
    fitWidth(footer(view, now), cells),
  ];
}

function header(view: RunView): string {
  if (view.started === null) return 'epilogue: finishing an earlier run that was killed';
  const { ref, sha } = view.started;
  return `epilogue: ${countJobs(view.jobs.length)} · ${printable(ref)} ${sha.slice(0, 8)}`;
}

/** When there are more jobs than rows: what runs and what went wrong stays, what went well goes first. */
function chooseJobs(jobs: readonly JobView[], rows: number): { shown: readonly JobView[]; hidden: readonly JobView[] } {
  if (jobs.length <= rows) return { shown: jobs, hidden: [] };
  const byImportance = jobs
    .map((job, index) => ({ job, index, rank: importance(job) }))
    .toSorted((one, other) => one.rank - other.rank || one.index - other.index);
  const inOrder = (some: typeof byImportance) =>
    some.toSorted((one, other) => one.index - other.index).map(({ job }) => job);
  return { shown: inOrder(byImportance.slice(0, rows - 1)), hidden: inOrder(byImportance.slice(rows - 1)) };
}

function importance(job: JobView): number {
  if (isExecuting(job.status)) return 0;
  if (job.status === 'failed') return 1;
  if (!isFinished(job.status)) return job.status === 'created' ? 3 : 2;
  return job.status === 'canceled' ? 4 : 5;
}

function countStatuses(jobs: readonly JobView[]): string {
  const counts = new Map<string, number>();
  for (const job of jobs) {
    const word = isFinished(job.status) ? job.status : waitingOrRunning(job.status);
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return [...counts].map(([word, count]) => `${count} ${word}`).join(', ');
}

function waitingOrRunning(status: Status): string {
  if (isExecuting(status)) return status;
  return status === 'manual' ? 'manual' : 'waiting';
}

interface Widths {
  readonly cells: number;
  readonly nameCells: number;
}

function jobRow(job: JobView, now: number, { cells, nameCells }: Widths, paint: Paint): string {
  const [mark, colour] = STATUS_MARKS[job.status];
  const time = elapsed(job, now).padStart(TIME_CELLS);
  const head = fitWidth(`${padWidth(shownName(job), nameCells)} ${time}`, cells - 2);
  const rest = fitWidth(`  ${detail(job, now)}`, cells - 2 - displayWidth(head)).trimEnd();
  return `${paint(colour, mark)} ${head}${isExecuting(job.status) ? rest : paint('dim', rest)}`.trimEnd();
}

function elapsed(job: JobView, now: number): string {
  if (job.finished !== null) return job.finished.durationMs === null ? '' : formatDuration(job.finished.durationMs);
  return job.startedAt === null ? '' : formatElapsed(now - job.startedAt);
}

/** Whole seconds, so that a running job does not ask for ten frames a second. */
function formatElapsed(ms: number): string {
  return ms < 60_000 ? `${Math.floor(Math.max(0, ms) / 1000)}s` : formatDuration(ms);
}

function detail(job: JobView, now: number): string {
  if (job.finished !== null) {
    const isPlain = job.status === 'success' && job.finished.cleanup.outcome === 'not_owed';
    return isPlain ? '' : describeEndUntimed(job.finished);
  }
  if (!isExecuting(job.status)) return WAITING_WORDS[job.status];
  const teardown = describeTeardown(job, now);
  const phase = teardown ?? (job.phase === 'preparing' ? 'preparing' : '');
  return [phase, lastLine(job.tail)].filter((part) => part !== '').join('  ');
}

function footer(view: RunView, now: number): string {
  if (view.finished !== null) return `pipeline: ${view.finished.status}`;
  if (view.interrupted?.force === true) return 'force canceling: what still runs is killed, its cleanup is skipped';
  if (view.interrupted !== null)
    return `canceling: cleanup runs${cleanupLeft(view, now)} · Ctrl-C: force, skips cleanup`;
  const done = view.jobs.filter((job) => isFinished(job.status)).length;
  const time = view.started === null ? '' : formatElapsed(now - view.started.at);
  return `${done} of ${view.jobs.length} done, ${time} · Ctrl-C: cancel, cleanup runs · again: force`;
}

function cleanupLeft(view: RunView, now: number): string {
  const deadlines = view.jobs.flatMap((job) => (job.deadline === null ? [] : [job.deadline]));
  return deadlines.length === 0 ? '' : `, at most ${formatCountdown(Math.max(...deadlines) - now)}`;
}
