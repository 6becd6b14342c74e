import type { JobChanged } from '../../local/index.ts';
import { printable } from '../terminal/clean-text.ts';
import type { Paint } from '../terminal/colour.ts';
import { displayWidth, padWidth } from '../terminal/display-width.ts';
import type { Output } from '../terminal/output.ts';
import { closingLines, failedLines } from './closing-report.ts';
import { countJobs, describeEnd, describeTeardown, shownName } from './describe-job.ts';
import { describeNote } from './describe-run.ts';
import { createPrefixLog, type PrefixLog } from './log/prefix-log.ts';
import type { Presenter } from './presenter.ts';
import { applyEvent, newRunView, type RunView } from './run-view.ts';
import type { ShownEvent } from './shown-event.ts';

const MAX_NAME_CELLS = 32;

/** Lines for a file, a pipe or a terminal that cannot redraw: `name | line` for logs, `name: what happened` for the rest. */
export function createPrefixedPresenter(output: Output, paint: Paint): Presenter {
  const view = newRunView();
  const logs = new Map<number, PrefixLog>();
  /** Of the names that the start of the run has told. */
  let widest = 0;
  const keepColours = paint('bold', 'x') !== 'x';

  function logOf(job: number, name: string): PrefixLog {
    const known = logs.get(job);
    if (known !== undefined) return known;
    const log = createPrefixLog(
      `${paint('blue', padWidth(printable(name), Math.max(widest, nameCells(name))))} | `,
      keepColours,
    );
    logs.set(job, log);
    return log;
  }

  /** A line without its newline is shown before news of its job, so that the order stays true. */
  function endLine(job: number): void {
    output.write(logs.get(job)?.end() ?? '');
  }

  return {
    present(event) {
      if (event.type === 'job_log') {
        output.write(logOf(event.job, event.name).add(event.bytes));
        return output.room();
      }
      if ('job' in event) endLine(event.job);
      const news = describeEvent(event, view, paint);
      applyEvent(view, event);
      if (event.type === 'run_started') widest = Math.max(0, ...event.jobs.map((job) => nameCells(job.name)));
      if (news.length > 0) output.write(`${news.join('\n')}\n`);
      if (event.type === 'job_finished') logs.delete(event.job);
      return output.room();
    },
    async close() {
      const report = [...failedLines(view, paint), ...closingLines(view, paint)];
      if (report.length > 0) output.write(`${report.join('\n')}\n`);
      await output.flush();
    },
  };
}

function nameCells(name: string): number {
  return Math.min(MAX_NAME_CELLS, displayWidth(printable(name)));
}

/** The view is the one before the event. */
function describeEvent(event: ShownEvent, view: RunView, paint: Paint): string[] {
  switch (event.type) {
    case 'run_started':
      return [`epilogue: ${countJobs(event.jobs.length)}, logs in ${event.logs}`];
    case 'job_changed':
      return describeChange(event, view, paint);
    case 'job_finished':
      return [paint('bold', `${nameOf(event, view)}: ${describeEnd(event)}`)];
    case 'run_interrupted':
      return [
        event.force
          ? `${event.signal} again: force cancel; cleanup that has not ended is skipped`
          : `${event.signal}: canceling; cleanup runs (again: force)`,
      ];
    case 'message':
    case 'run_recovered':
      return describeNote(event, paint);
    case 'job_log':
    case 'run_finished':
      return [];
  }
}

function describeChange(event: JobChanged, view: RunView, paint: Paint): string[] {
  const before = view.byId.get(event.job);
  const say = (words: string) => [paint('bold', `${nameOf(event, view)}: ${words}`)];
  const teardown = describeTeardown(event, event.at);
  // That a job of an earlier run had succeeded when that run was killed is news.
  const isPlain = event.cause === 'succeeded' && before !== undefined;
  if (teardown !== null && !isPlain && before?.phase !== 'teardown') {
    return say(event.status === 'canceling' ? `canceling, ${teardown}` : teardown);
  }
  // Statuses of a job that does not run yet, or has ended, are either no news or said by `job_finished`.
  const isNews = event.status !== before?.status && (event.status === 'running' || event.status === 'canceling');
  return isNews ? say(event.status) : [];
}

function nameOf(event: { readonly job: number; readonly name: string }, view: RunView): string {
  return shownName(view.byId.get(event.job) ?? { name: event.name, attempt: 1 });
}
