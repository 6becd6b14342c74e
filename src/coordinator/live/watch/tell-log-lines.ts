import { isFinished } from '../../../protocol/index.ts';
import { findJob } from '../../../store/index.ts';
import { MOST_LINES, showLines } from '../../logs/index.ts';
import { showLog } from '../../rest/index.ts';
import type { WatchedEvent } from '../../rest/schemas/events.ts';
import type { Teller, Telling } from '../serve-stream.ts';
import { watchedLogs } from '../watched-logs.ts';

/** So often at most. */
const REST_MS = 100;

/**
 * Tells how a job's log grows, and from a line on what is shown there: the last line that was told is told again when there is more, since it may have grown. Who is
 * further behind than can be told at once is told the end.
 * @param line null: how it grows alone
 */
export function tellLogLines({ parts, share }: Telling, jobId: number, line: number | null): Teller<WatchedEvent> {
  let at = line;
  let said = '';
  let sectionsSaid = '';
  return async (sink) => {
    for (;;) {
      const job = await share(`job ${jobId}`, () => parts.store.read((db) => findJob(db, jobId)));
      if (job === null) return 'over';
      const isOver = isFinished(job.state.status);
      if (!isOver) await watchedLogs(parts).note(job);
      const from = at;
      const shown = await share(`lines ${jobId} ${from} ${isOver}`, () =>
        showLines(parts, job, { from, count: MOST_LINES, endOnly: true }),
      );
      const { from: first, lines, cut, style, next_line, sections, ...facts } = showLog(shown, true);
      const isMore = at !== null && next_line < facts.total;
      const sectionsNow = JSON.stringify(sections);
      const now = `${JSON.stringify(facts)} ${sectionsNow} ${isMore}`;
      if (now !== said) {
        const part = at === null ? {} : { from: first, lines, cut, style, next_line };
        const news = { job_id: jobId, ...facts, sections: sectionsNow === sectionsSaid ? null : sections, ...part };
        if (!(await sink.send({ event: 'log', data: news }))) return 'over';
        if (at !== null) at = isMore ? next_line : Math.max(0, next_line - 1);
        said = now;
        sectionsSaid = sectionsNow;
      }
      if (isMore) continue;
      if (!isOver || shown.isAwaited) return REST_MS;
      await sink.send({ event: 'end', data: { status: job.state.status } });
      return 'over';
    }
  };
}
