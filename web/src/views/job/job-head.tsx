import { type AnswerOf, call, type Result } from '../../api/call.ts';
import { Name } from '../../parts/name.tsx';
import { StatusWord } from '../../parts/status-icon.tsx';
import { CancelButton } from '../../parts/teardown/cancel-button.tsx';
import { CleanupMark } from '../../parts/teardown/cleanup-mark.tsx';
import type { Stake } from '../../parts/teardown/teardown-words.ts';

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
      <StatusWord status={status} />
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
  const play = () => void asked(call('POST /api/v4/projects/:id/jobs/:job_id/play', { params, body: {} }));
  const retry = () => void asked(call('POST /api/v4/projects/:id/jobs/:job_id/retry', { params }));
  const isOver = job.finished_at !== null || status === 'skipped';
  return (
    <>
      {status === 'manual' && may.includes('play') && (
        <button type="button" class="main" onClick={play}>
          Play
        </button>
      )}
      {isOver && may.includes('retry') && (
        <button type="button" onClick={retry}>
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
