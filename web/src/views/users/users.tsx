import { type AnswerOf, call } from '../../api/call.ts';
import { identity, mayHere } from '../../api/identity.ts';
import { type Column, ListTable } from '../../lists/list-table.tsx';
import { PressTwice } from '../../lists/press-twice.tsx';
import { useAsk } from '../../lists/use-ask.ts';
import { useList } from '../../lists/use-list.ts';
import { Name } from '../../parts/name.tsx';
import { Notice } from '../../parts/notice.tsx';
import { Ago } from '../../parts/time.tsx';
import type { ViewProps } from '../../router/entry.ts';
import { useTitle } from '../../state/title.ts';
import { NewUser } from './new-user.tsx';

type User = AnswerOf<'GET /api/v4/users'>[number];

/** Everybody, for administrators: who there is, made, blocked and let in again. */
export default function Users({ query }: ViewProps) {
  useTitle('Users');
  const list = useList('GET /api/v4/users', {}, query);
  const mayManage = mayHere('user.manage');
  const self = identity.value?.user?.id;
  const columns: readonly Column<User>[] = [
    {
      head: 'User',
      cell: ({ name, username }) => (
        <>
          <Name text={name} /> <span class="soft">@{username}</span>
        </>
      ),
    },
    { head: 'Email', cell: (user) => 'email' in user && <Name text={user.email} /> },
    { head: 'State', cell: stateOf },
    { head: 'Signed in', cell: signedInOf },
    {
      head: 'Actions',
      isHeard: true,
      cell: (user) => mayManage && user.id !== self && <Actions user={user} again={list.again} />,
    },
  ];
  return (
    <div class="lists">
      <h1>Users</h1>
      {mayManage && <NewUser onMade={list.again} />}
      <ListTable
        list={list}
        what="users"
        columns={columns}
        keyOf={({ id }) => id}
        empty={<Notice title="Nobody is here" />}
      />
    </div>
  );
}

function stateOf(user: User): string {
  return 'is_admin' in user && user.is_admin ? `${user.state}, administrator` : user.state;
}

function signedInOf(user: User) {
  if (!('last_sign_in_at' in user)) return null;
  return user.last_sign_in_at === null ? 'never' : <Ago at={user.last_sign_in_at} />;
}

function Actions({ user: { id, username, state }, again }: { readonly user: User; readonly again: () => void }) {
  const { isAsking, refusal, ask } = useAsk();
  const params = { user_id: id };
  if (state === 'active') {
    return (
      <PressTwice
        word="Block"
        sure="Really block"
        of={username}
        stake="Signed out everywhere; tokens open nothing until they are unblocked."
        deed={() => call('POST /api/v4/users/:user_id/block', { params })}
        onDone={again}
      />
    );
  }
  const unblock = () => call('POST /api/v4/users/:user_id/unblock', { params });
  return (
    <>
      <button type="button" aria-disabled={isAsking} onClick={() => void ask(unblock).then(again)}>
        Unblock<span class="heard"> {username}</span>
      </button>
      {refusal !== null && (
        <p class="refusal" role="alert">
          {refusal}
        </p>
      )}
    </>
  );
}
