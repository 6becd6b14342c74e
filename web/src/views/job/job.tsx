import { useAnswer } from '../../api/use-answer.ts';
import { Notice } from '../../parts/notice.tsx';
import { TeardownStrip } from '../../parts/teardown-strip.tsx';
import type { ViewProps } from '../../router/entry.ts';
import { useWatch } from '../../state/stream.ts';
import { useTitle } from '../../state/title.ts';
import { STATUS_WORDS } from '../../words/status.ts';
import { JobFacts } from './job-facts.tsx';
import { JobHead } from './job-head.tsx';
import { JobLog } from './job-log.tsx';
import { isUnbegun, JobUnbegun } from './job-unbegun.tsx';
import './job.css';

/** One job: its log, what happens after its script, and what there is to say of it. */
export default function Job({ params, hash }: ViewProps<'project' | 'job'>) {
  const jobId = Number(params.job);
  const { result, again } = useAnswer('GET /api/v4/projects/:id/jobs/:job_id', {
    params: { id: params.project, job_id: jobId },
  });
  const job = result?.ok === true ? result.value : null;
  useTitle(
    job === null ? `Job #${jobId}` : `${STATUS_WORDS[job.status].word}: ${job.name} #${jobId}`,
    job?.status ?? null,
  );
  useWatch(job === null || job.finished_at !== null ? null : `job:${jobId}`, again);
  if (result?.ok === false) {
    const isGone = result.problem.status === 404;
    return (
      <Notice
        isWhole
        title={isGone ? 'No such job' : 'The job cannot be shown'}
        action={<a href={`/${params.project}/-/jobs`}>Jobs</a>}
      >
        {isGone ? 'There is none at this address, or you may not see it.' : result.problem.message}
      </Notice>
    );
  }
  return (
    <article class="job-view">
      {job !== null && <JobHead job={job} project={params.project} again={again} />}
      {job !== null && <TeardownStrip job={job} />}
      <div class="body">
        {job !== null && isUnbegun(job) ? (
          <JobUnbegun job={job} />
        ) : (
          <JobLog project={params.project} jobId={jobId} hash={hash} />
        )}
        {job !== null && <JobFacts job={job} project={params.project} />}
      </div>
    </article>
  );
}
