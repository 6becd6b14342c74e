import { useAnswer } from '../../api/use-answer.ts';
import { Name } from '../../parts/name.tsx';
import { Notice } from '../../parts/notice.tsx';
import { StatusWord } from '../../parts/status-icon.tsx';
import type { ViewProps } from '../../router/entry.ts';
import { useWatch } from '../../state/stream.ts';
import { useTitle } from '../../state/title.ts';
import { JobLog } from './job-log.tsx';
import './job.css';

/** One job, with its log. */
export default function Job({ params, hash }: ViewProps<'project' | 'job'>) {
  const jobId = Number(params.job);
  const { result, again } = useAnswer('GET /api/v4/projects/:id/jobs/:job_id', {
    params: { id: params.project, job_id: jobId },
  });
  const job = result?.ok === true ? result.value : null;
  useTitle(job === null ? `Job #${jobId}` : `${job.name} #${jobId}`);
  useWatch(job === null || job.finished_at !== null ? null : `job:${jobId}`, again);
  if (result?.ok === false) return <Notice title="The job cannot be shown">{result.problem.message}</Notice>;
  return (
    <div class="job">
      <header>
        {job !== null && <StatusWord status={job.status} />}
        <h1>{job === null ? `#${jobId}` : <Name text={job.name} />}</h1>
        {job !== null && (
          <a class="soft" href={`/${params.project}/-/pipelines/${job.pipeline.id}`}>
            #{job.pipeline.id}
          </a>
        )}
      </header>
      <JobLog project={params.project} jobId={jobId} hash={hash} />
    </div>
  );
}
