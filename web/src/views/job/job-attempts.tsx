import { useEffect, useRef } from 'preact/hooks';
import type { AnswerOf } from '../../api/call.ts';
import { useAnswer } from '../../api/use-answer.ts';
import { Name } from '../../parts/name.tsx';
import { StatusWord } from '../../parts/status-icon.tsx';
import { CleanupMark } from '../../parts/teardown/cleanup-mark.tsx';
import { Ago } from '../../parts/time.tsx';
import { Fact } from './job-fact.tsx';
import type { JobAnswer } from './job-head.tsx';

type Run = AnswerOf<'GET /api/v4/projects/:id/jobs/:job_id/attempts'>[number];

/** What else ran under the job's name, and which runners had it: nothing where it was one runner once. */
export function Attempts({ job, project }: { readonly job: JobAnswer; readonly project: string }) {
  const { result, again } = useAnswer('GET /api/v4/projects/:id/jobs/:job_id/attempts', {
    params: { id: project, job_id: job.id },
  });
  const attempt = 'attempt' in job ? job.attempt : 0;
  const state = `${attempt} ${job.finished_at}`;
  const asked = useRef(state);
  // A hand-out, and the end of one, are seen in the job.
  useEffect(() => {
    if (asked.current === state) return;
    asked.current = state;
    again();
  }, [state]);
  if (result?.ok !== true) return null;
  const runs = result.value;
  const isPlain = runs.length < 2 && runs.every(({ attempts }) => attempts.length < 2);
  if (isPlain) return null;
  return (
    <Fact word="Attempts">
      <ol class="plain job-runs">
        {runs.map((run) => (
          <li key={run.id}>
            <a href={`/${project}/-/jobs/${run.id}`} aria-current={run.id === job.id ? 'page' : undefined}>
              #{run.id}
            </a>{' '}
            <StatusWord status={run.status} /> <CleanupMark cleanup={run.cleanup} withWord />{' '}
            <span class="soft">
              <Ago at={run.created_at} />
            </span>
            <HandOuts run={run} />
          </li>
        ))}
      </ol>
    </Fact>
  );
}

/** Who had it, where it was more than one. */
function HandOuts({ run }: { readonly run: Run }) {
  if (run.attempts.length < 2) return null;
  return (
    <ol class="plain">
      {run.attempts.map(({ attempt, kind, runner, system_id: system, ended_at: ended }) => (
        <li key={attempt} class="soft">
          {attempt}. {kind === 'cleanup' ? 'cleanup' : 'job'} on <Name text={runner.description || `#${runner.id}`} />
          {system !== null && (
            <>
              {' '}
              (<Name text={system} />)
            </>
          )}
          {ended === null ? ', has it now' : ''}
        </li>
      ))}
    </ol>
  );
}
