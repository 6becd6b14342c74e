import type { AnswerOf } from '../../api/call.ts';
import { useAnswer } from '../../api/use-answer.ts';
import { JobTook } from '../../parts/elapsed.tsx';
import { Name } from '../../parts/name.tsx';
import { Notice } from '../../parts/notice.tsx';
import { StatusWord } from '../../parts/status-icon.tsx';
import { Ago, Starts } from '../../parts/time.tsx';
import type { ViewProps } from '../../router/entry.ts';
import { useWatch } from '../../state/stream.ts';
import { useTitle } from '../../state/title.ts';
import { STATUS_WORDS } from '../../words/status.ts';
import { CLEANUP_WORDS } from '../../words/teardown.ts';
import './jobs.css';

type Jobs = AnswerOf<'GET /api/v4/projects/:id/jobs'>;
type Job = Jobs[number];

const SCOPES = ['running', 'pending', 'manual', 'success', 'failed', 'canceled'] as const;
const PER_PAGE = 50;

/** A project's jobs, the newest first. */
export default function Jobs({ params, query }: ViewProps<'project'>) {
  const { project } = params;
  useTitle(`Jobs · ${project}`);
  const scope = SCOPES.find((each) => each === query.get('scope'));
  const page = Math.max(1, Number(query.get('page')) || 1);
  const given = { page, per_page: PER_PAGE, ...(scope && { scope: [scope] }) };
  const { result, again } = useAnswer('GET /api/v4/projects/:id/jobs', { params: { id: project }, query: given });
  // Whatever happens to a job happens to its pipeline.
  useWatch(`pipelines:${project}`, (event, _rows) => {
    if (event === 'pipelines') again();
  });
  if (result === null) return null;
  if (!result.ok) return <Notice title="The jobs cannot be shown">{result.problem.message}</Notice>;
  const hasMore = (result.headers.get('x-next-page') ?? '') !== '';
  return (
    <>
      <h1>Jobs</h1>
      <Filter chosen={scope} />
      {result.value.length === 0 ? <None scope={scope} /> : <JobTable jobs={result.value} project={project} />}
      <p class="jobs-pages">
        {page > 1 && <a href={addressOf(scope, page - 1)}>Newer</a>}{' '}
        {hasMore && <a href={addressOf(scope, page + 1)}>Older</a>}
      </p>
    </>
  );
}

function None({ scope }: { readonly scope: (typeof SCOPES)[number] | undefined }) {
  if (scope !== undefined) return <Notice title="No jobs with this status" />;
  return <Notice title="No jobs yet">They come with a pipeline, which a push starts.</Notice>;
}

function addressOf(scope: string | undefined, page: number): string {
  const query = new URLSearchParams({ ...(scope && { scope }), ...(page > 1 && { page: String(page) }) });
  return `?${query}`;
}

function Filter({ chosen }: { readonly chosen: string | undefined }) {
  return (
    <nav class="jobs-filter" aria-label="Filter">
      <a class="button" href="?" aria-current={chosen === undefined ? 'true' : undefined}>
        all
      </a>
      {SCOPES.map((scope) => (
        <a key={scope} class="button" href={addressOf(scope, 1)} aria-current={chosen === scope ? 'true' : undefined}>
          {STATUS_WORDS[scope].word}
        </a>
      ))}
    </nav>
  );
}

function JobTable({ jobs, project }: { readonly jobs: Jobs; readonly project: string }) {
  return (
    <table class="jobs">
      <thead>
        <tr>
          <th>Status</th>
          <th>Job</th>
          <th>Pipeline</th>
          <th>Stage</th>
          <th>Duration</th>
          <th>Started</th>
        </tr>
      </thead>
      <tbody>
        {jobs.map((job) => (
          <JobRow key={job.id} job={job} at={`/${project}/-`} />
        ))}
      </tbody>
    </table>
  );
}

function JobRow({ job, at }: { readonly job: Job; readonly at: string }) {
  return (
    <tr data-row>
      <td>
        <StatusWord status={job.status} isAllowed={job.allow_failure} />
        <CleanupNote job={job} />
      </td>
      <td>
        <a href={`${at}/jobs/${job.id}`}>
          <Name text={job.name} fit /> <span class="number">#{job.id}</span>
        </a>
      </td>
      <td>
        <a class="number" href={`${at}/pipelines/${job.pipeline.id}`}>
          #{job.pipeline.id}
        </a>{' '}
        <span class="soft">
          <Name text={job.ref} fit />
        </span>
      </td>
      <td>
        <Name text={job.stage} fit />
      </td>
      <td>
        <JobTook job={job} />
      </td>
      <td>
        {job.started_at !== null && <Ago at={job.started_at} />}
        {job.scheduled_at !== null && <Starts at={job.scheduled_at} />}
      </td>
    </tr>
  );
}

/** A cleanup that is under way, or did not end well, is seen in every list. */
function CleanupNote({ job }: { readonly job: Job }) {
  const outcome = job.cleanup?.outcome ?? null;
  if (outcome !== null && !CLEANUP_WORDS[outcome].isGood) {
    return (
      <span class="jobs-cleanup" data-hue="bad">
        {CLEANUP_WORDS[outcome].word}
        {outcome === 'skipped' && job.cleanup?.skipped_by && (
          <>
            {' '}
            by <Name text={job.cleanup.skipped_by} />
          </>
        )}
      </span>
    );
  }
  if (job.phase !== 'teardown' || job.cleanup === null || outcome !== null) return null;
  return (
    <span class="jobs-cleanup" data-hue="warn">
      cleaning up
    </span>
  );
}
