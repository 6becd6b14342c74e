import { useState } from 'preact/hooks';
import type { AnswerOf } from '../../api/call.ts';
import { may } from '../../api/identity.ts';
import { useAnswer } from '../../api/use-answer.ts';
import { Name } from '../../parts/name.tsx';
import { Fact } from './job-fact.tsx';
import type { JobAnswer } from './job-head.tsx';

type Source = AnswerOf<'GET /api/v4/projects/:id/jobs/:job_id/variables'>[number]['source'];

const FROM: Readonly<Record<Source, string>> = {
  ci_file: 'CI file, for all jobs',
  job: 'CI file, for this job',
  dotenv: 'report of another job',
  instance: 'instance',
  project: 'project settings',
  pipeline: 'given to the pipeline',
  play: 'given at Play',
  predefined: 'predefined, replaces the one of the CI file',
};

interface VariablesProps {
  readonly job: JobAnswer;
  readonly project: string;
}

/** Which variables it gets, and where each is from; asked for when somebody opens the list. */
export function JobVariables({ job, project }: VariablesProps) {
  const [isOpen, setOpen] = useState(false);
  if (!may('pipeline.variables')) return null;
  return (
    <Fact word="Variables">
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>
          {isOpen ? 'Hide' : 'Show'}
          <span class="heard"> variables</span>
        </summary>
        {isOpen && <Listed job={job} project={project} />}
      </details>
    </Fact>
  );
}

function Listed({ job, project }: VariablesProps) {
  const { result } = useAnswer('GET /api/v4/projects/:id/jobs/:job_id/variables', {
    params: { id: project, job_id: job.id },
  });
  if (result === null) return <p class="soft">asking…</p>;
  if (!result.ok) return <p class="refusal">{result.problem.message}</p>;
  if (result.value.length === 0) return <p class="soft">Only predefined ones.</p>;
  return (
    <ul class="plain job-variables">
      {result.value.map(({ key, source, value }) => (
        <li key={key}>
          <code>
            <Name text={key} />
            {value !== null && (
              <>
                =<Name text={value} />
              </>
            )}
          </code>
          <div class="soft">{FROM[source]}</div>
        </li>
      ))}
    </ul>
  );
}
