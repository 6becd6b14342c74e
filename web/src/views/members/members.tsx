import { useState } from 'preact/hooks';
import { type AnswerOf, call, type Result } from '../../api/call.ts';
import { may } from '../../api/identity.ts';
import { useAnswer } from '../../api/use-answer.ts';
import { Name } from '../../parts/name.tsx';
import { Notice } from '../../parts/notice.tsx';
import type { ViewProps } from '../../router/entry.ts';
import { useTitle } from '../../state/title.ts';
import { NewMember } from './new-member.tsx';
import { LEVELS, type Level } from './roles.ts';

type Member = AnswerOf<'GET /api/v4/projects/:id/members'>[number];

/** Who may do what in a project. */
export default function Members({ params }: ViewProps<'project'>) {
  useTitle('Members');
  const { result, again } = useAnswer('GET /api/v4/projects/:id/members', {
    params: { id: params.project },
    query: { per_page: 100 },
  });
  const mayManage = may('member.manage');
  if (result === null) return null;
  return (
    <>
      <h1>Members</h1>
      {mayManage && <NewMember project={params.project} onMade={again} />}
      {!result.ok && <Notice title="The members cannot be shown">{result.problem.message}</Notice>}
      {result.ok && result.value.length === 0 && <Notice title="No member of this project alone" />}
      {result.ok && result.value.length > 0 && (
        <table>
          <thead>
            <tr>
              <th>User</th>
              <th>Role</th>
              <th>
                <span class="heard">Deeds</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {result.value.map((member) => (
              <MemberRow key={member.id} member={member} project={mayManage ? params.project : null} again={again} />
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

interface RowProps {
  readonly member: Member;
  /** Null: it may only be looked at. */
  readonly project: string | null;
  readonly again: () => void;
}

function MemberRow({ member, project, again }: RowProps) {
  const [refusal, setRefusal] = useState<string | null>(null);
  const { id, username, name, access_level: level } = member;
  const ask = async (deed: Promise<Result<unknown>>): Promise<void> => {
    const answer = await deed;
    setRefusal(answer.ok ? null : answer.problem.message);
    again();
  };
  const params = { id: project ?? '', user_id: id };
  const become = (next: Level) =>
    ask(call('PUT /api/v4/projects/:id/members/:user_id', { params, body: { access_level: next } }));
  const leave = () => ask(call('DELETE /api/v4/projects/:id/members/:user_id', { params }));
  return (
    <tr>
      <td>
        <Name text={name} /> <span class="soft">@{username}</span>
        {refusal !== null && <p role="alert">{refusal}</p>}
      </td>
      <td>
        {project === null ? (
          LEVELS.find(([value]) => value === level)?.[1]
        ) : (
          <select
            aria-label={`Role of ${username}`}
            value={level}
            onChange={(event) => void become(Number(event.currentTarget.value) as Level)}
          >
            {LEVELS.map(([value, word]) => (
              <option key={value} value={value}>
                {word}
              </option>
            ))}
          </select>
        )}
      </td>
      <td>
        {project !== null && (
          <button type="button" onClick={() => void leave()}>
            Remove<span class="heard"> {username}</span>
          </button>
        )}
      </td>
    </tr>
  );
}
