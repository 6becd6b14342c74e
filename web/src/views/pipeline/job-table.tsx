import { Name } from '../../parts/name.tsx';
import { Notice } from '../../parts/notice.tsx';
import { StatusWord } from '../../parts/status-icon.tsx';
import { CleanupMark } from '../../parts/teardown/cleanup-mark.tsx';
import type { BriefJob, Graph } from './pipeline-job.ts';
import { Took } from './took.tsx';

interface JobTableProps {
  readonly jobs: readonly BriefJob[];
  readonly graph: Graph | null;
  readonly at: string;
  readonly empty: string;
}

/** Jobs as rows, in the order of the plan, with the rule that decided. */
export function JobTable({ jobs, graph, at, empty }: JobTableProps) {
  if (jobs.length === 0) return <Notice title={empty} />;
  return (
    <table>
      <thead>
        <tr>
          <th>Status</th>
          <th>Job</th>
          <th>Stage</th>
          <th>Why it ran</th>
          <th>Duration</th>
        </tr>
      </thead>
      <tbody>
        {jobs.map((job) => (
          <tr key={job.id}>
            <td>
              <StatusWord status={job.status} />
            </td>
            <td>
              <a href={`${at}/-/jobs/${job.id}`}>
                <Name text={job.name} fit />
              </a>{' '}
              <CleanupMark cleanup={job.cleanup} withWord />
            </td>
            <td>
              <Name text={job.stage} fit />
            </td>
            <td class="soft">{graph?.jobs[job.position]?.reason ?? ''}</td>
            <td>
              <Took from={job.started_at} to={job.finished_at} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
