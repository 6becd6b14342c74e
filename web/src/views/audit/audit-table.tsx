import type { AnswerOf, Result } from '../../api/call.ts';
import { Name } from '../../parts/name.tsx';
import { Notice } from '../../parts/notice.tsx';
import { Ago } from '../../parts/time.tsx';
import { withQuery } from '../../router/address.ts';

type Events = AnswerOf<'GET /api/v4/audit_events'>;

/** Who did what, the newest first. */
export function AuditTable({ result, page }: { readonly result: Result<Events> | null; readonly page: number }) {
  if (result === null) return null;
  if (!result.ok) return <Notice title="The audit log cannot be shown">{result.problem.message}</Notice>;
  if (result.value.length === 0) return <Notice title="Nothing was done yet" />;
  const next = result.headers.get('x-next-page');
  return (
    <>
      <table class="audit">
        <thead>
          <tr>
            <th>When</th>
            <th>Who</th>
            <th>What</th>
            <th>From</th>
          </tr>
        </thead>
        <tbody>
          {result.value.map(({ id, created_at: at, event_name: name, details }) => (
            <tr key={id}>
              <td>
                <Ago at={at} />
              </td>
              <td>
                <Name text={details.author_name} />
              </td>
              <td>
                <code>{name}</code> {details.target_type} <Name text={details.target_id} />
              </td>
              <td>{details.ip_address}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <nav aria-label="Pages of the log">
        {page > 1 && <a href={withQuery({ page: page === 2 ? null : String(page - 1) })}>Newer</a>}{' '}
        {next !== null && next !== '' && <a href={withQuery({ page: next })}>Older</a>}
      </nav>
    </>
  );
}
