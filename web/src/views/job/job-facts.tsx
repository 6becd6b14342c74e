import type { ComponentChildren } from 'preact';
import { useAnswer } from '../../api/use-answer.ts';
import { Name } from '../../parts/name.tsx';
import { Ago } from '../../parts/time.tsx';
import { clockWords } from '../../words/time.ts';
import type { JobAnswer } from './job-head.tsx';

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
        <Fact word="Duration">{duration === null ? null : clockWords(duration)}</Fact>
        <Fact word="Queued">{queued === null ? null : clockWords(queued)}</Fact>
        {job.finished_at !== null && (
          <Fact word="Ended">
            <Ago at={job.finished_at} />
          </Fact>
        )}
        <Fact word="Failure">{job.failure_reason?.replaceAll('_', ' ')}</Fact>
        <Fact word="Waits on">{script?.stuck?.message}</Fact>
        <Fact word="Coverage">{job.coverage === null ? null : `${job.coverage} %`}</Fact>
        <Fact word="Runner">
          {script?.runner != null && <Name text={script.runner.description || `#${script.runner.id}`} />}
        </Fact>
        <Fact word="Tags">{script === null || script.tag_list.length === 0 ? null : script.tag_list.join(', ')}</Fact>
        <Fact word="By">{user !== null && <Name text={user.username} />}</Fact>
        <Fact word="Commit">
          <code>{commit.short_id}</code> <Name text={ref} />
          <br />
          <Name text={commit.title} />
        </Fact>
        {budgets !== null && (
          <Fact word="May take">
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
            {script.artifacts_expire_at !== null && `, until ${new Date(script.artifacts_expire_at).toLocaleString()}`}
          </Fact>
        )}
        <Planned job={job} project={project} />
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
      <Fact word="Why it ran">{planned?.reason}</Fact>
      <Fact word="Needs">
        {needs.length > 0 && (
          <ul class="plain">
            {needs.map((name) => (
              <li key={name}>
                <Name text={name} />
              </li>
            ))}
          </ul>
        )}
      </Fact>
    </>
  );
}

/** Nothing where there is nothing to say. */
function Fact({ word, children }: { readonly word: string; readonly children?: ComponentChildren }) {
  if (children === null || children === undefined || children === false || children === '') return null;
  return (
    <div>
      <dt>{word}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function sizeWords(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const [size, unit] = bytes < 1024 ** 2 ? [bytes / 1024, 'KiB'] : [bytes / 1024 ** 2, 'MiB'];
  return `${size < 10 ? size.toFixed(1) : Math.round(size)} ${unit}`;
}
