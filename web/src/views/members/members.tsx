import { type AnswerOf, call } from '../../api/call.ts';
import { may } from '../../api/identity.ts';
import { type Column, ListTable } from '../../lists/list-table.tsx';
import { PressTwice } from '../../lists/press-twice.tsx';
import { SettingsNav } from '../../lists/settings-nav.tsx';
import { useAsk } from '../../lists/use-ask.ts';
import { useList } from '../../lists/use-list.ts';
import { Name } from '../../parts/name.tsx';
import { Notice } from '../../parts/notice.tsx';
import type { ViewProps } from '../../router/entry.ts';
import { useTitle } from '../../state/title.ts';
import { NewMember } from './new-member.tsx';
import { RoleOptions } from './role-options.tsx';
import { type Level, mayHandle, roleWord } from './roles.ts';

type Member = AnswerOf<'GET /api/v4/projects/:id/members'>[number];

/** Who may do what in a project. */
export default function Members({ params: { project }, query }: ViewProps<'project'>) {
  useTitle('Members');
  const list = useList('GET /api/v4/projects/:id/members', { params: { id: project } }, query);
  const mayManage = may('member.manage');
  const columns: readonly Column<Member>[] = [
    {
      head: 'User',
      cell: ({ name, username }) => (
        <>
          <Name text={name} /> <span class="soft">@{username}</span>
        </>
      ),
    },
    {
      head: 'Role',
      cell: (member) =>
        mayManage && mayHandle(member.access_level) ? (
          <Role member={member} project={project} again={list.again} />
        ) : (
          roleWord(member.access_level)
        ),
    },
    {
      head: 'Actions',
      isHeard: true,
      cell: (member) =>
        mayManage && mayHandle(member.access_level) && <Remove member={member} project={project} again={list.again} />,
    },
  ];
  const empty = (
    <Notice title="No members of its own">
      Those of its namespace, and owners of that, may use the project all the same.
    </Notice>
  );
  return (
    <div class="lists">
      <SettingsNav project={project} />
      <h1>Members</h1>
      {mayManage && <NewMember project={project} onMade={list.again} />}
      <ListTable list={list} what="members" columns={columns} keyOf={({ id }) => id} empty={empty} />
    </div>
  );
}

interface RowProps {
  readonly member: Member;
  readonly project: string;
  readonly again: () => void;
}

function Role({ member: { id, username, access_level: level }, project, again }: RowProps) {
  const { isAsking, refusal, ask } = useAsk();
  const params = { id: project, user_id: id };
  const become = async (select: HTMLSelectElement): Promise<void> => {
    const body = { access_level: Number(select.value) as Level };
    const done = await ask(() => call('PUT /api/v4/projects/:id/members/:user_id', { params, body }));
    // What was refused does not stand there as if it were so.
    if (done === null) select.value = String(level);
    again();
  };
  return (
    <>
      <select
        aria-label={`Role of ${username}`}
        value={level}
        disabled={isAsking}
        onChange={(event) => void become(event.currentTarget)}
      >
        <RoleOptions chosen={level} />
      </select>
      {refusal !== null && (
        <p class="refusal" role="alert">
          {refusal}
        </p>
      )}
    </>
  );
}

function Remove({ member: { id, username, access_level: level }, project, again }: RowProps) {
  const params = { id: project, user_id: id };
  return (
    <PressTwice
      word="Remove"
      sure="Really remove"
      of={username}
      stake={`${username} is no ${roleWord(level).toLowerCase()} here any more then.`}
      deed={() => call('DELETE /api/v4/projects/:id/members/:user_id', { params })}
      onDone={again}
    />
  );
}
