import { call } from '../../api/call.ts';
import { identity } from '../../api/identity.ts';
import { useList } from '../../lists/use-list.ts';
import type { ViewProps } from '../../router/entry.ts';
import { SignIn } from '../../shell/sign-in.tsx';
import { useTitle } from '../../state/title.ts';
import { NewToken } from './new-token.tsx';
import { TokenTable } from './token-table.tsx';
import './user-settings.css';

/** One's own tokens; a new one is shown once. */
export default function Tokens({ query }: ViewProps) {
  useTitle('Personal access tokens');
  const user = identity.value?.user ?? null;
  return user === null ? <SignIn /> : <OwnTokens userId={user.id} query={query} />;
}

function OwnTokens({ userId, query }: { readonly userId: number; readonly query: URLSearchParams }) {
  const filter = { user_id: userId, state: 'active' } as const;
  const list = useList('GET /api/v4/personal_access_tokens', { query: filter }, query);
  return (
    <section class="lists user-settings">
      <h1>Personal access tokens</h1>
      <p class="soft">For programs that act for you: git over HTTP (as the password), the API, glab.</p>
      <NewToken
        isOfProject={false}
        make={({ access_level: _level, ...body }) => call('POST /api/v4/user/personal_access_tokens', { body })}
        onMade={list.again}
      />
      <h2>Active</h2>
      <TokenTable
        list={list}
        isOfProject={false}
        revoke={(id) => call('DELETE /api/v4/personal_access_tokens/:token_id', { params: { token_id: id } })}
      />
    </section>
  );
}
