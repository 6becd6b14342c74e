import type { AnswerOf } from '../../api/call.ts';
import { type Column, ListTable } from '../../lists/list-table.tsx';
import type { List } from '../../lists/use-list.ts';
import { Name } from '../../parts/name.tsx';
import { Notice } from '../../parts/notice.tsx';
import { Ago } from '../../parts/time.tsx';

type Event = AnswerOf<'GET /api/v4/audit_events'>[number];

const COLUMNS: readonly Column<Event>[] = [
  {
    head: 'What',
    cell: ({ event_name: name, details: { target_type: type, target_id: target } }) => (
      <>
        <code>{name}</code> {type} <Name text={target} />
      </>
    ),
  },
  { head: 'Who', cell: ({ details }) => <Name text={details.author_name} /> },
  { head: 'From', cell: ({ details }) => <span class="number">{details.ip_address}</span> },
  { head: 'When', cell: ({ created_at: at }) => <Ago at={at} /> },
];

/** Who did what, the newest first. */
export function AuditTable({ list }: { readonly list: List<Event> }) {
  const empty = <Notice title="Nothing was done yet" />;
  return <ListTable list={list} what="events" columns={COLUMNS} keyOf={({ id }) => id} empty={empty} />;
}
