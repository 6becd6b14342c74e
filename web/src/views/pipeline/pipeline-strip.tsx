import { Name } from '../../parts/name.tsx';
import { Broom } from '../../parts/teardown/cleanup-mark.tsx';
import { Countdown } from '../../parts/teardown/countdown.tsx';
import { cleanupsWords } from '../../words/cleanups.ts';
import { deadlineOf, endWords } from './job-card.tsx';
import type { BriefJob, Pipeline } from './pipeline-job.ts';

interface StripProps {
  readonly pipeline: Pipeline;
  readonly jobs: readonly BriefJob[];
}

/** Who cancelled, what still runs and for how long at most; afterwards what did not end well. */
export function PipelineStrip({ pipeline, jobs }: StripProps) {
  const { teardown, cleanups } = pipeline;
  const torn = jobs.filter(({ phase }) => phase === 'teardown');
  const bad = cleanupsWords(cleanups);
  // Of their own, without the pipeline.
  const stopped = teardown === null ? jobs.filter(wasStopped) : [];
  if (teardown === null && torn.length === 0 && bad === null && stopped.length === 0) return null;
  return (
    <section
      class="teardown-strip"
      data-hue={torn.length > 0 ? 'warn' : bad === null ? 'idle' : 'bad'}
      aria-label={torn.length > 0 ? 'Cleaning up' : 'Cleanup'}
    >
      {torn.length > 0 && <Underway torn={torn} />}
      {teardown !== null && (
        <p>
          {teardown.cause === 'superseded' ? 'Canceled for a newer pipeline' : 'Canceled'} by{' '}
          <Name text={teardown.requested_by} /> at {timeOf(teardown.requested_at)}
          {teardown.forced_by !== null && (
            <>
              , forced by <Name text={teardown.forced_by} />
              {teardown.forced_at !== null && ` at ${timeOf(teardown.forced_at)}`}
            </>
          )}
          . {neverStarted(jobs)}
          {goodWords(jobs)}
        </p>
      )}
      {stopped.length > 0 && (
        <p>
          {stopped.length === 1 ? '1 job was canceled.' : `${stopped.length} jobs were canceled.`}
          {goodWords(stopped)}
        </p>
      )}
      {bad !== null && (
        <p>
          {bad}: what {isOne(cleanups) ? 'that job' : 'these jobs'} made may still be there.
        </p>
      )}
    </section>
  );
}

function Underway({ torn }: { readonly torn: readonly BriefJob[] }) {
  const [last] = torn.toSorted((one, other) => (deadlineOf(other) ?? '').localeCompare(deadlineOf(one) ?? ''));
  const deadline = last === undefined ? null : deadlineOf(last);
  const now = last?.teardown?.now ?? null;
  return (
    <p class="headline">
      <Broom />
      <strong>{torn.length === 1 ? '1 job is cleaning up' : `${torn.length} jobs are cleaning up`}</strong>
      {last !== undefined && deadline !== null && now !== null && (
        <span>
          at most <Countdown deadline={deadline} now={now} title={endWords(last)} isTold /> more
        </span>
      )}
    </p>
  );
}

/** In its script, so that something may have been there to be cleaned up. */
function wasStopped({ status, started_at: began }: BriefJob): boolean {
  return status === 'canceled' && began !== null;
}

function neverStarted(jobs: readonly BriefJob[]): string {
  const count = jobs.filter(({ status, started_at: began }) => status === 'canceled' && began === null).length;
  return count === 0 ? '' : `${count} never started.`;
}

function goodWords(jobs: readonly BriefJob[]): string {
  const count = jobs.filter(({ cleanup }) => cleanup?.outcome === 'succeeded').length;
  return count === 0 ? '' : ` ${count === 1 ? '1 cleanup' : `${count} cleanups`} succeeded.`;
}

function isOne({ failed, timed_out: late, skipped, lost }: Pipeline['cleanups']): boolean {
  return failed + late + skipped + lost === 1;
}

function timeOf(at: string): string {
  return new Date(at).toLocaleTimeString();
}
