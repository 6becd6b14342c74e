import { useState } from 'preact/hooks';
import { call } from '../../api/call.ts';
import { may } from '../../api/identity.ts';
import { CancelButton } from '../../parts/teardown/cancel-button.tsx';
import type { Stake } from '../../parts/teardown/teardown-words.ts';
import type { Row } from './use-rows.ts';

const OVER: ReadonlySet<string> = new Set(['success', 'failed', 'canceled', 'skipped', 'manual']);

/** Cancel, Force cancel or Retry: what there is to do next, if one may. */
export function RowActions({ project, row }: { readonly project: string; readonly row: Row }) {
  const params = { id: project, pipeline_id: row.id };
  if (OVER.has(row.status)) {
    const isWorth = row.status === 'failed' || row.status === 'canceled';
    return isWorth && may('job.run') ? <RetryButton {...params} /> : null;
  }
  return (
    <CancelButton
      what={`pipeline #${row.id}`}
      stage={row.status === 'canceling' ? 'canceling' : 'going'}
      mayCancel={may('job.run')}
      mayForce={may('job.force')}
      ask={(force) => call('POST /api/v4/projects/:id/pipelines/:pipeline_id/cancel', { params, body: { force } })}
      loadStake={() => loadStake(params)}
    />
  );
}

interface OnePipeline {
  readonly id: string;
  readonly pipeline_id: number;
}

function RetryButton(params: OnePipeline) {
  const [word, setWord] = useState('Retry');
  const retry = async (): Promise<void> => {
    setWord('asking…');
    const { ok } = await call('POST /api/v4/projects/:id/pipelines/:pipeline_id/retry', { params });
    setWord(ok ? 'Retry' : 'Retry (it was refused)');
  };
  return (
    <button type="button" data-key="r" aria-disabled={word === 'asking…'} onClick={() => void retry()}>
      {word}
    </button>
  );
}

async function loadStake(params: OnePipeline): Promise<Stake | null> {
  const answer = await call('GET /api/v4/projects/:id/pipelines/:pipeline_id', { params });
  return answer.ok ? (answer.value.at_stake ?? null) : null;
}
