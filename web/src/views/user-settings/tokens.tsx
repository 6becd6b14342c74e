import { useState } from 'preact/hooks';
import { type AnswerOf, call } from '../../api/call.ts';
import { identity } from '../../api/identity.ts';
import { useAnswer } from '../../api/use-answer.ts';
import { Name } from '../../parts/name.tsx';
import { Notice } from '../../parts/notice.tsx';
import { Ago } from '../../parts/time.tsx';
import { SignIn } from '../../shell/sign-in.tsx';
import { useTitle } from '../../state/title.ts';
import { NewToken } from './new-token.tsx';
import './user-settings.css';

type Token = AnswerOf<'GET /api/v4/personal_access_tokens'>[number];

/** One's own tokens; a new one is shown once. */
export default function Tokens() {
  useTitle('Personal access tokens');
  const user = identity.value?.user ?? null;
  return user === null ? <SignIn /> : <OwnTokens userId={user.id} />;
}

function OwnTokens({ userId }: { readonly userId: number }) {
  const query = { user_id: userId, state: 'active', per_page: 100 } as const;
  const { result, again } = useAnswer('GET /api/v4/personal_access_tokens', { query });
  return (
    <section class="user-settings">
      <h1>Personal access tokens</h1>
      <p class="soft">For programs that act for you: git over HTTP (as the password), the API, glab.</p>
      <NewToken onMade={again} />
      <h2>Active</h2>
      {result?.ok === false && <Notice title="The tokens cannot be shown">{result.problem.message}</Notice>}
      {result?.ok === true && result.value.length === 0 && <p class="soft">None.</p>}
      {result?.ok === true && result.value.length > 0 && <TokenTable tokens={result.value} onRevoked={again} />}
    </section>
  );
}

function TokenTable({ tokens, onRevoked }: { readonly tokens: readonly Token[]; readonly onRevoked: () => void }) {
  return (
    <table>
      <thead>
        <tr>
          <th>Name</th>
          <th>Scopes</th>
          <th>Last used</th>
          <th>Expires</th>
          <th>
            <span class="heard">Revoke</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {tokens.map((token) => (
          <tr key={token.id}>
            <td>
              <Name text={token.name} />
            </td>
            <td>{token.scopes.join(', ')}</td>
            <td>{token.last_used_at === null ? 'never' : <Ago at={token.last_used_at} />}</td>
            <td>{token.expires_at ?? 'never'}</td>
            <td>
              <Revoke token={token} onRevoked={onRevoked} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The second press does it: what uses the token stops working, and it does not come back. */
function Revoke({ token, onRevoked }: { readonly token: Token; readonly onRevoked: () => void }) {
  const [isSure, setSure] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const press = async (): Promise<void> => {
    if (!isSure) {
      setSure(true);
      return;
    }
    const answer = await call('DELETE /api/v4/personal_access_tokens/:token_id', { params: { token_id: token.id } });
    setSure(false);
    if (answer.ok) onRevoked();
    else setProblem(answer.problem.message);
  };
  return (
    <>
      <button type="button" data-hue="bad" onClick={() => void press()} onBlur={() => setSure(false)}>
        {isSure ? 'Revoke for good' : 'Revoke'}
        <span class="heard"> {token.name}</span>
      </button>
      {problem !== null && <p class="problem">{problem}</p>}
    </>
  );
}
