import { call } from '../../api/call.ts';
import { Name } from '../../parts/name.tsx';
import { StatusWord } from '../../parts/status-icon.tsx';
import { CancelButton } from '../../parts/teardown/cancel-button.tsx';
import type { Stake } from '../../parts/teardown/teardown-words.ts';
import { Ago } from '../../parts/time.tsx';
import { clockWords } from '../../words/time.ts';
import { cancelStage, type Pipeline } from './pipeline-job.ts';
import './pipeline-head.css';

interface HeadProps {
  readonly pipeline: Pipeline;
  readonly project: string;
  readonly may: readonly string[];
}

export function PipelineHead({ pipeline, project, may }: HeadProps) {
  const { id, status, title, ref, sha, source, user, created_at: created, duration, parent } = pipeline;
  return (
    <header class="head">
      <div class="line">
        <StatusWord status={status} />
        <h1>
          #{id} <Name text={pipeline.name ?? title} />
        </h1>
        <span class="deeds">
          <Deeds pipeline={pipeline} project={project} may={may} />
        </span>
      </div>
      <p class="soft">
        <Name text={ref} /> <code>{sha.slice(0, 8)}</code> · {source}
        {user !== null && (
          <>
            {' by '}
            <Name text={user.username} />
          </>
        )}
        , <Ago at={created} />
        {duration !== null && cancelStage(status) === 'over' && (
          <>
            {' · '}
            <span class="ran">ran {clockWords(duration)}</span>
          </>
        )}
        {parent !== null && (
          <>
            {' · started by '}
            <a href={`/${project}/-/pipelines/${parent.pipeline_id}`}>#{parent.pipeline_id}</a>
          </>
        )}
      </p>
    </header>
  );
}

function Deeds({ pipeline, project, may }: HeadProps) {
  const params = { id: project, pipeline_id: pipeline.id };
  const stage = cancelStage(pipeline.status);
  const hasFailed = pipeline.status === 'failed' || pipeline.status === 'canceled';
  const retry = (): void => void call('POST /api/v4/projects/:id/pipelines/:pipeline_id/retry', { params });
  return (
    <>
      {hasFailed && may.includes('retry') && (
        <button type="button" data-key="r" onClick={retry}>
          Retry
        </button>
      )}
      <CancelButton
        what={`pipeline #${pipeline.id}`}
        stage={stage}
        mayCancel={may.includes('cancel')}
        mayForce={may.includes('force')}
        ask={(force) =>
          call('POST /api/v4/projects/:id/pipelines/:pipeline_id/cancel', { params, query: {}, body: { force } })
        }
        loadStake={() => loadStake(project, pipeline.id)}
      />
    </>
  );
}

async function loadStake(project: string, id: number): Promise<Stake | null> {
  const now = await call('GET /api/v4/projects/:id/pipelines/:pipeline_id', {
    params: { id: project, pipeline_id: id },
  });
  return now.ok ? (now.value.at_stake ?? null) : null;
}
