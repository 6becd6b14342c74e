import { useAnswer } from '../../api/use-answer.ts';
import type { ViewProps } from '../../router/entry.ts';
import { useTitle } from '../../state/title.ts';
import { AuditTable } from './audit-table.tsx';

/** What was done anywhere, for administrators. */
export default function AdminAudit({ query }: ViewProps) {
  useTitle('Audit log');
  const page = Number(query.get('page') ?? 1);
  const { result } = useAnswer('GET /api/v4/audit_events', { query: { page, per_page: 50 } });
  return (
    <>
      <h1>Audit log</h1>
      <AuditTable result={result} page={page} />
    </>
  );
}
