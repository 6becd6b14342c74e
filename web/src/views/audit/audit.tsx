import { useAnswer } from '../../api/use-answer.ts';
import type { ViewProps } from '../../router/entry.ts';
import { useTitle } from '../../state/title.ts';
import { AuditTable } from './audit-table.tsx';

/** What was done in a project. */
export default function Audit({ params, query }: ViewProps<'project'>) {
  useTitle('Audit events');
  const page = Number(query.get('page') ?? 1);
  const { result } = useAnswer('GET /api/v4/projects/:id/audit_events', {
    params: { id: params.project },
    query: { page, per_page: 50 },
  });
  return (
    <>
      <h1>Audit events</h1>
      <AuditTable result={result} page={page} />
    </>
  );
}
