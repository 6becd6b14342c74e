import { usualWords } from '../../words/time.ts';
import type { Row } from './use-rows.ts';

const ENDED: ReadonlySet<string> = new Set(['success', 'failed', 'canceled', 'skipped']);

/** How many of a pipeline's jobs have ended, while it runs; in words on hover and for ears. */
export function RowProgress({
  row: { id, status, stages, started_at: began, expected_duration: usual },
}: {
  readonly row: Row;
}) {
  if (began === null || ENDED.has(status) || status === 'manual') return null;
  const jobs = stages.flatMap((stage) => stage.jobs);
  const sum = (some: typeof jobs): number => some.reduce((count, each) => count + each.count, 0);
  const [done, all] = [sum(jobs.filter((each) => ENDED.has(each.status))), sum(jobs)];
  if (all === 0) return null;
  const words = `${done} of ${all} ${all === 1 ? 'job' : 'jobs'}${usual === null ? '' : `, ${usualWords(usual)} in all`}`;
  return <progress value={done} max={all} title={words} aria-label={`#${id}: ${words}`} />;
}
