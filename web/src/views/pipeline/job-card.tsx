import { Name } from '../../parts/name.tsx';
import { StatusIcon } from '../../parts/status-icon.tsx';
import { CleanupMark } from '../../parts/teardown/cleanup-mark.tsx';
import { Countdown } from '../../parts/teardown/countdown.tsx';
import { stepWords } from '../../parts/teardown/teardown-words.ts';
import { STATUS_WORDS } from '../../words/status.ts';
import { type Card, statusOf } from './layout/arrange.ts';
import type { BriefJob } from './pipeline-job.ts';
import { Took } from './took.tsx';

interface CardProps {
  readonly card: Card;
  /** Of the project, such as `/ana/shop`. */
  readonly at: string;
  readonly onNear: (positions: readonly number[]) => void;
  readonly near: ReadonlySet<number>;
}

/** A job, or parallel jobs folded into one with counts. */
export function JobCard({ card, at, onNear, near }: CardProps) {
  const [first] = card.jobs;
  if (first === undefined) return null;
  const positions = card.jobs.map(({ position }) => position);
  const isNear = positions.some((position) => near.has(position));
  const events = {
    onMouseEnter: () => onNear(positions),
    onMouseLeave: () => onNear([]),
    onFocusCapture: () => onNear(positions),
    onBlurCapture: () => onNear([]),
  };
  return (
    <li class={isNear ? 'card near' : 'card'} {...events}>
      {card.jobs.length === 1 ? (
        <JobLine job={first} at={at} />
      ) : (
        <details>
          <summary>
            <StatusIcon status={statusOf(card)} label={STATUS_WORDS[statusOf(card)].word} />
            <Name text={card.name} fit />
            <span class="soft">{countsOf(card.jobs)}</span>
          </summary>
          <ul class="plain">
            {card.jobs.map((job) => (
              <li key={job.id}>
                <JobLine job={job} at={at} />
              </li>
            ))}
          </ul>
        </details>
      )}
    </li>
  );
}

function JobLine({ job, at }: { readonly job: BriefJob; readonly at: string }) {
  const { id, name, status, started_at: began, finished_at: ended, teardown, cleanup, phase } = job;
  return (
    <a class="job" href={`${at}/-/jobs/${id}`}>
      <StatusIcon status={status} label={STATUS_WORDS[status].word} />
      <Name text={name} fit />
      <CleanupMark cleanup={cleanup} />
      <Took from={began} to={ended} />
      {phase === 'teardown' && teardown !== null && (
        <span class="cleaning" data-hue="warn">
          {stepWords(teardown, cleanup)}
          {deadlineOf(job) !== null && <Countdown deadline={deadlineOf(job) ?? ''} now={teardown.now} />}
        </span>
      )}
    </a>
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

/** `7 of 9 done, 1 failed`. */
function countsOf(jobs: readonly BriefJob[]): string {
  const of = (status: BriefJob['status']): number => jobs.filter((job) => job.status === status).length;
  const failed = of('failed') === 0 ? '' : `, ${of('failed')} failed`;
  return `${of('success')}/${jobs.length}${failed}`;
}
