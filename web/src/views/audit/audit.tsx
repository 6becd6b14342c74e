import { SettingsNav } from '../../lists/settings-nav.tsx';
import { useList } from '../../lists/use-list.ts';
import type { ViewProps } from '../../router/entry.ts';
import { useTitle } from '../../state/title.ts';
import { AuditTable } from './audit-table.tsx';

/** What was done in a project. */
export default function Audit({ params, query }: ViewProps<'project'>) {
  useTitle('Audit events');
  const list = useList('GET /api/v4/projects/:id/audit_events', { params: { id: params.project } }, query);
  return (
    <div class="lists">
      <SettingsNav project={params.project} />
      <h1>Audit events</h1>
      <AuditTable list={list} />
    </div>
  );
}
