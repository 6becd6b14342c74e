import { useAnswer } from '../../api/use-answer.ts';
import { JobTook } from '../../parts/elapsed.tsx';
import { Name } from '../../parts/name.tsx';
import { Ago } from '../../parts/time.tsx';
import { failureWords } from '../../words/reason.ts';
import { clockWords, instantWords } from '../../words/time.ts';
import { Attempts } from './job-attempts.tsx';
import { Fact } from './job-fact.tsx';
import type { JobAnswer } from './job-head.tsx';
import { JobVariables } from './job-variables.tsx';

interface FactsProps {
  readonly job: JobAnswer;
  readonly project: string;
}

/** What there is to say of a job beside its log. */
export function JobFacts({ job, project }: FactsProps) {
  const { duration, queued_duration: queued, budgets, user, commit, ref } = job;
  const script = 'artifacts' in job ? job : null;
  return (
    <aside aria-label="About this job">
      <dl>
        <Fact word="Duration">{duration !== null && <JobTook job={job} />}</Fact>
        <Fact word="Queued">{queued === null ? null : clockWords(queued)}</Fact>
        {job.finished_at !== null && (
          <Fact word="Finished">
            <Ago at={job.finished_at} />
          </Fact>
        )}
        <Fact word="Failure">{failureWords(job.failure_reason)}</Fact>
        <Fact word="Waits on">{script?.stuck?.message}</Fact>
        <Fact word="Coverage">{job.coverage === null ? null : `${job.coverage} %`}</Fact>
        <Fact word="Runner">
          {script?.runner != null && <Name text={script.runner.description || `#${script.runner.id}`} />}
        </Fact>
        <Fact word="Tags">{script === null || script.tag_list.length === 0 ? null : script.tag_list.join(', ')}</Fact>
        <Fact word="Triggered by">{user !== null && <Name text={user.username} />}</Fact>
        <Fact word="Commit">
          <code>{commit.short_id}</code> <Name text={ref} />
          <br />
          <Name text={commit.title} />
        </Fact>
        {budgets !== null && (
          <Fact word="Time limits">
            script {clockWords(budgets.script ?? budgets.job)}, stop {clockWords(budgets.stop)}, cleanup{' '}
            {clockWords(budgets.cleanup)}, save {clockWords(budgets.save)}
          </Fact>
        )}
        {script?.artifacts_file !== undefined && (
          <Fact word="Artifacts">
            <a href={`/${project}/-/jobs/${job.id}/artifacts/browse/`}>Browse</a>
            {' · '}
            <a href={`/api/v4/projects/${encodeURIComponent(project)}/jobs/${job.id}/artifacts`} download>
              Download
            </a>{' '}
            {sizeWords(script.artifacts_file.size)}
            {script.artifacts_expire_at !== null && `, until ${instantWords(script.artifacts_expire_at)}`}
          </Fact>
        )}
        <Planned job={job} project={project} />
        <Attempts job={job} project={project} />
        <JobVariables job={job} project={project} />
      </dl>
    </aside>
  );
}

/** From the plan, which never changes: why it ran, and what it needs. */
function Planned({ job, project }: FactsProps) {
  const { result } = useAnswer('GET /api/v4/projects/:id/pipelines/:pipeline_id/graph', {
    params: { id: project, pipeline_id: job.pipeline.id },
  });
  if (result?.ok !== true) return null;
  const { jobs } = result.value;
  const planned = jobs.find(({ name }) => name === job.name);
  const needs = planned?.needs?.map((place) => jobs[place]?.name ?? '') ?? [];
  return (
    <>
      <Fact word={job.started_at === null ? 'Why it is in the pipeline' : 'Why it ran'}>{planned?.reason}</Fact>
      {needs.length > 0 && <Needs names={needs} job={job} project={project} />}
    </>
  );
}

/** The newest of each name; one that is not among the first hundred of its pipeline is a name alone. */
function Needs({ names, job, project }: FactsProps & { readonly names: readonly string[] }) {
  const { result } = useAnswer('GET /api/v4/projects/:id/pipelines/:pipeline_id/jobs', {
    params: { id: project, pipeline_id: job.pipeline.id },
    query: { per_page: 100 },
  });
  const ids = new Map(result?.ok === true ? result.value.map(({ id, name }) => [name, id]) : []);
  return (
    <Fact word="Needs">
      <ul class="plain">
        {names.map((name) => (
          <li key={name}>
            {ids.has(name) ? (
              <a href={`/${project}/-/jobs/${ids.get(name)}`}>
                <Name text={name} />
              </a>
            ) : (
              <Name text={name} />
            )}
          </li>
        ))}
      </ul>
    </Fact>
  );
}

function sizeWords(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const [size, unit] = bytes < 1024 ** 2 ? [bytes / 1024, 'KiB'] : [bytes / 1024 ** 2, 'MiB'];
  return `${size < 10 ? size.toFixed(1) : Math.round(size)} ${unit}`;
}
