import { useAnswer } from '../../api/use-answer.ts';
import { Name } from '../../parts/name.tsx';
import { Notice } from '../../parts/notice.tsx';
import type { ViewProps } from '../../router/entry.ts';
import { useTitle } from '../../state/title.ts';

/** Everybody, for administrators. */
export default function Users({ query }: ViewProps) {
  useTitle('Users');
  const page = Number(query.get('page') ?? 1);
  const { result } = useAnswer('GET /api/v4/users', { query: { page, per_page: 100 } });
  if (result === null) return null;
  if (!result.ok)
    return (
      <Notice isWhole title="The users cannot be shown">
        {result.problem.message}
      </Notice>
    );
  return (
    <>
      <h1>Users</h1>
      <table>
        <thead>
          <tr>
            <th>User</th>
            <th>Address</th>
            <th>State</th>
          </tr>
        </thead>
        <tbody>
          {result.value.map((user) => (
            <tr key={user.id}>
              <td>
                <Name text={user.name} /> <span class="soft">@{user.username}</span>
              </td>
              <td>{'email' in user && <Name text={user.email} />}</td>
              <td>
                {user.state}
                {'is_admin' in user && user.is_admin && ', administrator'}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
