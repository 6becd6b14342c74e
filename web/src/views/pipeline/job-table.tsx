import { useMemo, useRef } from 'preact/hooks';
import { JobTook } from '../../parts/elapsed.tsx';
import { Name } from '../../parts/name.tsx';
import { Notice } from '../../parts/notice.tsx';
import { StatusWord } from '../../parts/status-icon.tsx';
import { CleanupMark } from '../../parts/teardown/cleanup-mark.tsx';
import { Starts } from '../../parts/time.tsx';
import { useRowsToDraw } from '../../parts/virtual-rows.ts';
import { failureWords } from '../../words/reason.ts';
import { Cleaning } from './job-card.tsx';
import type { BriefJob, Graph } from './pipeline-job.ts';
import './job-table.css';

interface JobTableProps {
  readonly jobs: readonly BriefJob[];
  readonly graph: Graph | null;
  readonly at: string;
  readonly empty: string;
  /** They have failed, and what is told is why that is, not why they ran. */
  readonly areFailed?: boolean;
}

/** Jobs as rows, in the order of the plan, with the rule that decided, or with what went wrong. Of many, those near the window are in the document. */
export function JobTable({ jobs, graph, at, empty, areFailed = false }: JobTableProps) {
  const body = useRef<HTMLTableSectionElement>(null);
  const { from, to, beforePx, afterPx } = useRowsToDraw(jobs.length, body);
  if (jobs.length === 0) return <Notice title={empty} />;
  return (
    <table class={areFailed ? 'job-table failures' : 'job-table'} aria-rowcount={jobs.length + 1}>
      <thead>
        <tr aria-rowindex={1}>
          <th>Status</th>
          <th>Job</th>
          <th>Stage</th>
          <th>{areFailed ? 'Why it failed' : 'Why it ran'}</th>
          <th>Duration</th>
        </tr>
      </thead>
      <tbody ref={body}>
        <Room px={beforePx} />
        {jobs.slice(from, to).map((job, index) => (
          <Row
            key={job.position}
            job={job}
            at={at}
            index={from + index + 2}
            reason={areFailed ? failureWords(job.failure_reason) : (graph?.jobs[job.position]?.reason ?? '')}
          />
        ))}
        <Room px={afterPx} />
      </tbody>
    </table>
  );
}

/** Of rows that are not there. A drawing, because it may say its height: the policy allows no `style`. */
function Room({ px }: { readonly px: number }) {
  if (px === 0) return null;
  return (
    <tr>
      <td class="room" colSpan={5}>
        <svg width="1" height={px} aria-hidden="true" />
      </td>
    </tr>
  );
}

interface RowProps extends Pick<JobTableProps, 'at'> {
  readonly job: BriefJob;
  readonly reason: string;
  /** From 1, the head's. */
  readonly index: number;
}

/** Drawn anew only when the job is another. */
function Row({ job, at, reason, index }: RowProps) {
  return useMemo(
    () => (
      <tr data-row aria-rowindex={index}>
        <td>
          <StatusWord status={job.status} isAllowed={job.allow_failure} />
          {job.status === 'failed' && job.allow_failure && <span class="soft"> allowed to fail</span>}
        </td>
        <td class="fit">
          <a href={`${at}/-/jobs/${job.id}`}>
            <Name text={job.name} fit />
          </a>{' '}
          <CleanupMark cleanup={job.cleanup} withWord />
          <Cleaning job={job} />
          {job.scheduled_at !== null && (
            <span class="soft">
              <Starts at={job.scheduled_at} />
            </span>
          )}
        </td>
        <td>
          <Name text={job.stage} fit />
        </td>
        <td class="soft">{reason}</td>
        <td>
          <JobTook job={job} />
        </td>
      </tr>
    ),
    [job, at, reason, index],
  );
}
