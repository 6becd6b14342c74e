import { useList } from '../../lists/use-list.ts';
import type { ViewProps } from '../../router/entry.ts';
import { useTitle } from '../../state/title.ts';
import { AuditTable } from './audit-table.tsx';

/** What was done anywhere, for administrators. */
export default function AdminAudit({ query }: ViewProps) {
  useTitle('Audit log');
  const list = useList('GET /api/v4/audit_events', {}, query);
  return (
    <div class="lists">
      <h1>Audit log</h1>
      <AuditTable list={list} />
    </div>
  );
}
