import { type AnswerOf, call, type Result } from '../../api/call.ts';
import { Name } from '../../parts/name.tsx';
import { PlayButton } from '../../parts/play/play-button.tsx';
import { StatusWord } from '../../parts/status-icon.tsx';
import { CancelButton } from '../../parts/teardown/cancel-button.tsx';
import { CleanupMark } from '../../parts/teardown/cleanup-mark.tsx';
import type { Stake } from '../../parts/teardown/teardown-words.ts';
import { go } from '../../router/address.ts';

export type JobAnswer = AnswerOf<'GET /api/v4/projects/:id/jobs/:job_id'>;

interface HeadProps {
  readonly job: JobAnswer;
  readonly project: string;
  /** Asks for the job anew. */
  readonly again: () => void;
}

/** What a job is called and how it stands, and what may be done with it. */
export function JobHead({ job, project, again }: HeadProps) {
  const { status, name, pipeline, cleanup, stage } = job;
  return (
    <header>
      <StatusWord status={status} isAllowed={job.allow_failure} />
      {status === 'failed' && job.allow_failure && <span class="soft">allowed to fail</span>}
      <CleanupMark cleanup={cleanup} withWord={true} />
      <h1>
        <Name text={name} />
      </h1>
      <p class="soft">
        {'attempt' in job && job.attempt > 1 && `attempt ${job.attempt} · `}
        <Name text={stage} /> · <a href={`/${project}/-/pipelines/${pipeline.id}`}>pipeline #{pipeline.id}</a>
      </p>
      <span class="deeds">
        <Deeds job={job} project={project} again={again} />
      </span>
    </header>
  );
}

function Deeds({ job, project, again }: HeadProps) {
  const { id, status, may = [] } = job;
  const params = { id: project, job_id: id };
  const asked = async (answer: Promise<Result<unknown>>): Promise<Result<unknown>> => {
    const result = await answer;
    again();
    return result;
  };
  const retry = async (): Promise<void> => {
    const result = await call('POST /api/v4/projects/:id/jobs/:job_id/retry', { params });
    if (result.ok) go(`/${project}/-/jobs/${result.value.id}`);
    else again();
  };
  const isOver = job.finished_at !== null || status === 'skipped';
  return (
    <>
      {(status === 'manual' || status === 'scheduled') && may.includes('play') && (
        <PlayButton
          project={project}
          job={job}
          loadQuestion={() => loadQuestion(project, job)}
          onPlayed={again}
          isMain
        />
      )}
      {isOver && may.includes('retry') && (
        <button type="button" data-key="r" onClick={() => void retry()}>
          Retry
        </button>
      )}
      <CancelButton
        what={`job ${job.name}`}
        stage={stageOf(job)}
        mayCancel={may.includes('cancel')}
        mayForce={may.includes('force')}
        ask={(force) =>
          asked(call('POST /api/v4/projects/:id/jobs/:job_id/cancel', { params, query: {}, body: { force } }))
        }
        loadStake={() => loadStake(project, id)}
      />
    </>
  );
}

function stageOf({ status, phase, finished_at: finishedAt }: JobAnswer): 'going' | 'canceling' | 'over' {
  if (finishedAt !== null || status === 'manual' || status === 'skipped') return 'over';
  return phase === 'teardown' || status === 'canceling' ? 'canceling' : 'going';
}

async function loadStake(project: string, id: number): Promise<Stake | null> {
  const now = await call('GET /api/v4/projects/:id/jobs/:job_id', { params: { id: project, job_id: id } });
  if (!now.ok) return null;
  const { cleanup, phase } = now.value;
  const isOwed = cleanup !== null && cleanup.outcome === null;
  return { cleanups: isOwed ? 1 : 0, teardowns: phase === 'teardown' ? 1 : 0 };
}

/** What is asked before it starts. It stands in the plan; where that cannot be seen nothing begins unasked. */
async function loadQuestion(project: string, { name, pipeline }: JobAnswer): Promise<string | null> {
  const params = { id: project, pipeline_id: pipeline.id };
  const plan = await call('GET /api/v4/projects/:id/pipelines/:pipeline_id/graph', { params });
  if (!plan.ok) return `Whether its CI file asks for a confirmation is not known: ${plan.problem.message}`;
  return plan.value.jobs.find((planned) => planned.name === name)?.manual_confirmation ?? null;
}
