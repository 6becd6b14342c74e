import { useState } from 'preact/hooks';
import type { ListedRunner } from '../../../generated/routes.ts';
import { call, type Result } from '../../api/call.ts';
import { Name } from '../../parts/name.tsx';
import { Notice } from '../../parts/notice.tsx';

interface TableProps {
  readonly result: Result<readonly ListedRunner[]> | null;
  readonly mayManage: (runner: ListedRunner) => boolean;
  /** Something was changed. */
  readonly again: () => void;
}

const CONTACT_WORDS: Readonly<Record<ListedRunner['status'], string>> = {
  online: 'online',
  offline: 'offline',
  stale: 'not heard of for a week',
  never_contacted: 'never heard of',
};

export function RunnerTable({ result, mayManage, again }: TableProps) {
  if (result === null) return null;
  if (!result.ok) return <Notice title="The runners cannot be shown">{result.problem.message}</Notice>;
  if (result.value.length === 0) return <Notice title="No runner yet">Jobs wait until there is one.</Notice>;
  return (
    <table class="runners">
      <thead>
        <tr>
          <th>Runner</th>
          <th>State</th>
          <th>For</th>
          <th>
            <span class="heard">Deeds</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {result.value.map((runner) => (
          <RunnerRow key={runner.id} runner={runner} mayManage={mayManage(runner)} again={again} />
        ))}
      </tbody>
    </table>
  );
}

interface RowProps {
  readonly runner: ListedRunner;
  readonly mayManage: boolean;
  readonly again: () => void;
}

function RunnerRow({ runner, mayManage, again }: RowProps) {
  const { id, description, paused, quarantined, status, is_shared: isShared } = runner;
  return (
    <tr>
      <td>
        #{id} <Name text={description} />
        {quarantined !== null && (
          <p data-hue="bad">
            Takes no jobs: <bdi>{quarantined.reason}</bdi>
          </p>
        )}
      </td>
      <td>
        {CONTACT_WORDS[status]}
        {paused && ', paused'}
        {quarantined !== null && ', in quarantine'}
      </td>
      <td>{isShared ? 'all projects' : 'this project and those that it was given to'}</td>
      <td>{mayManage && <Deeds runner={runner} again={again} />}</td>
    </tr>
  );
}

function Deeds({ runner: { id, paused, quarantined }, again }: Omit<RowProps, 'mayManage'>) {
  const [refusal, setRefusal] = useState<string | null>(null);
  const [isAsking, setAsking] = useState(false);
  const ask = async (deed: () => Promise<Result<unknown>>): Promise<void> => {
    setAsking(true);
    const answer = await deed();
    setAsking(false);
    setRefusal(answer.ok ? null : answer.problem.message);
    again();
  };
  const pause = () => call('PUT /api/v4/runners/:id', { params: { id }, body: { paused: !paused } });
  const release = () => call('POST /api/v4/runners/:id/release', { params: { id }, body: {} });
  return (
    <>
      <button type="button" disabled={isAsking} onClick={() => void ask(pause)}>
        {paused ? 'Resume' : 'Pause'}
        <span class="heard"> runner {id}</span>
      </button>
      {quarantined !== null && (
        <button type="button" disabled={isAsking} data-hue="warn" onClick={() => void ask(release)}>
          End quarantine
          <span class="heard"> of runner {id}</span>
        </button>
      )}
      {refusal !== null && <p role="alert">{refusal}</p>}
    </>
  );
}
