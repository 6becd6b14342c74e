import type { ReadonlySignal } from '@preact/signals';
import { useComputed } from '@preact/signals';
import { useMemo, useState } from 'preact/hooks';
import { JobTook } from '../../parts/elapsed.tsx';
import { Name } from '../../parts/name.tsx';
import { PlayButton } from '../../parts/play/play-button.tsx';
import { StatusIcon } from '../../parts/status-icon.tsx';
import { CleanupMark } from '../../parts/teardown/cleanup-mark.tsx';
import { Countdown } from '../../parts/teardown/countdown.tsx';
import { ENDS, stepWords } from '../../parts/teardown/teardown-words.ts';
import { Starts } from '../../parts/time.tsx';
import { STATUS_WORDS } from '../../words/status.ts';
import { type Card, statusOf } from './layout/arrange.ts';
import type { BriefJob, Graph } from './pipeline-job.ts';

interface CardProps {
  readonly card: Card;
  /** Of the project, such as `/ana/shop`. */
  readonly at: string;
  /** Whose plan is shown, and whether manual jobs of it may be started here. */
  readonly graph: Graph;
  readonly mayPlay: boolean;
  readonly onNear: (positions: readonly number[]) => void;
  /** What the job under the pointer waits for. A signal, so that pointing draws no card anew. */
  readonly near: ReadonlySignal<ReadonlySet<number>>;
}

/** A job, or parallel jobs folded into one with counts. */
export function JobCard({ card, onNear, near, ...rest }: CardProps) {
  const [first] = card.jobs;
  const positions = card.jobs.map(({ position }) => position);
  const look = useComputed(() => (positions.some((position) => near.value.has(position)) ? 'card near' : 'card'));
  if (first === undefined) return null;
  const events = {
    onMouseEnter: () => onNear(positions),
    onMouseLeave: () => onNear([]),
    onFocusCapture: () => onNear(positions),
    onBlurCapture: () => onNear([]),
  };
  return (
    <li class={look} data-at={positions.join(' ')} {...events}>
      {card.jobs.length === 1 ? <JobLine job={first} {...rest} /> : <Parallel card={card} {...rest} />}
    </li>
  );
}

/** Its jobs are there once somebody looks at them. */
function Parallel({ card, ...rest }: Pick<CardProps, 'card' | 'at' | 'graph' | 'mayPlay'>) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <StatusIcon
          status={statusOf(card)}
          isAllowed={card.jobs.every((job) => job.status !== 'failed' || job.allow_failure)}
          label={STATUS_WORDS[statusOf(card)].word}
        />
        <Name text={card.name} fit />
        <span class="soft">{countsOf(card.jobs)}</span>
      </summary>
      {isOpen && (
        <ul class="plain">
          {card.jobs.map((job) => (
            <li key={job.position}>
              <JobLine job={job} {...rest} />
            </li>
          ))}
        </ul>
      )}
    </details>
  );
}

interface LineProps extends Pick<CardProps, 'at' | 'graph' | 'mayPlay'> {
  readonly job: BriefJob;
}

/** Drawn anew only when the job is another: most of many stand still while one changes. */
function JobLine({ job, at, graph, mayPlay }: LineProps) {
  const line = useMemo(() => <Line job={job} at={at} />, [job, at]);
  if (!mayPlay || (job.status !== 'manual' && job.status !== 'scheduled')) return line;
  return (
    <div class="startable">
      {line}
      <PlayButton
        project={at.slice(1)}
        job={job}
        loadQuestion={async () => graph.jobs[job.position]?.manual_confirmation ?? null}
      />
    </div>
  );
}

function Line({ job, at }: Pick<LineProps, 'job' | 'at'>) {
  const { id, name, status, allow_failure: isAllowed, scheduled_at: starts, cleanup } = job;
  return (
    <a class="job" href={`${at}/-/jobs/${id}`} data-row>
      <StatusIcon status={status} isAllowed={isAllowed} label={STATUS_WORDS[status].word} />
      <Name text={name} fit />
      <CleanupMark cleanup={cleanup} />
      {status === 'failed' && isAllowed && <span class="soft">allowed to fail</span>}
      <JobTook job={job} />
      {starts !== null && (
        <span class="soft starts">
          <Starts at={starts} />
        </span>
      )}
      <Cleaning job={job} />
    </a>
  );
}

/** What is done in its teardown, and for how long at most. */
export function Cleaning({ job }: Pick<LineProps, 'job'>) {
  const { phase, teardown, cleanup } = job;
  if (phase !== 'teardown' || teardown === null) return null;
  const deadline = deadlineOf(job);
  return (
    <span class="cleaning" data-hue="warn">
      {stepWords(teardown, cleanup)}
      {deadline !== null && teardown.now !== null && (
        <Countdown deadline={deadline} now={teardown.now} title={endWords(job)} />
      )}
    </span>
  );
}

/** What counts down on it: the cleanup's end, else that of the whole teardown. */
export function deadlineOf({
  teardown,
  phase,
  cleanup,
}: Pick<BriefJob, 'teardown' | 'phase' | 'cleanup'>): string | null {
  if (phase !== 'teardown' || teardown === null) return null;
  return (cleanup === null ? null : teardown.cleanup_until) ?? teardown.deadline;
}

/** What ends at `deadlineOf`. */
export function endWords({ teardown, cleanup }: Pick<BriefJob, 'teardown' | 'cleanup'>): string {
  return cleanup !== null && teardown?.cleanup_until != null ? ENDS.cleanup : ENDS.job;
}

/** `7 of 9 done, 1 failed`. */
function countsOf(jobs: readonly BriefJob[]): string {
  const of = (status: BriefJob['status']): number => jobs.filter((job) => job.status === status).length;
  const failed = of('failed') === 0 ? '' : `, ${of('failed')} failed`;
  return `${of('success')}/${jobs.length}${failed}`;
}
