import type { ListedRunner } from '../../../generated/routes.ts';
import { call } from '../../api/call.ts';
import { type Column, ListTable } from '../../lists/list-table.tsx';
import { useAsk } from '../../lists/use-ask.ts';
import type { List } from '../../lists/use-list.ts';
import { Name } from '../../parts/name.tsx';
import { Notice } from '../../parts/notice.tsx';

interface TableProps {
  readonly list: List<ListedRunner>;
  readonly mayManage: (runner: ListedRunner) => boolean;
}

const CONTACT_WORDS: Readonly<Record<ListedRunner['status'], string>> = {
  online: 'online',
  offline: 'offline',
  stale: 'not heard of for a week',
  never_contacted: 'never contacted',
};

export function RunnerTable({ list, mayManage }: TableProps) {
  const columns: readonly Column<ListedRunner>[] = [
    { head: 'Runner', cell: (runner) => <About runner={runner} /> },
    { head: 'State', cell: stateOf },
    { head: 'For', cell: ({ is_shared: isShared }) => (isShared ? 'all projects' : 'assigned projects') },
    {
      head: 'Actions',
      isHeard: true,
      cell: (runner) => mayManage(runner) && <Actions runner={runner} again={list.again} />,
    },
  ];
  const empty = <Notice title="No runner yet">Jobs wait until there is one.</Notice>;
  return <ListTable list={list} what="runners" columns={columns} keyOf={({ id }) => id} empty={empty} />;
}

function About({ runner: { id, description, quarantined } }: { readonly runner: ListedRunner }) {
  return (
    <>
      <span class="number">#{id}</span> <Name text={description} />
      {quarantined !== null && (
        <p class="refusal">
          Takes no jobs: <bdi>{quarantined.reason}</bdi>
        </p>
      )}
    </>
  );
}

function stateOf({ status, paused, quarantined }: ListedRunner): string {
  return [CONTACT_WORDS[status], paused && 'paused', quarantined !== null && 'in quarantine']
    .filter(Boolean)
    .join(', ');
}

interface ActionsProps {
  readonly runner: ListedRunner;
  readonly again: () => void;
}

function Actions({ runner: { id, paused, quarantined }, again }: ActionsProps) {
  const { isAsking, refusal, ask } = useAsk();
  const pause = () => call('PUT /api/v4/runners/:id', { params: { id }, body: { paused: !paused } });
  const release = () => call('POST /api/v4/runners/:id/release', { params: { id }, body: {} });
  return (
    <div class="actions">
      <button type="button" aria-disabled={isAsking} onClick={() => void ask(pause).then(again)}>
        {paused ? 'Resume' : 'Pause'}
        <span class="heard"> runner {id}</span>
      </button>
      {quarantined !== null && (
        <button type="button" aria-disabled={isAsking} data-hue="warn" onClick={() => void ask(release).then(again)}>
          End quarantine
          <span class="heard"> of runner {id}</span>
        </button>
      )}
      {refusal !== null && (
        <p class="refusal" role="alert">
          {refusal}
        </p>
      )}
    </div>
  );
}
