import { useState } from 'preact/hooks';
import { type AnswerOf, call, type Given } from '../../api/call.ts';

type Made = AnswerOf<'POST /api/v4/user/personal_access_tokens'>;
type Body = Given<'POST /api/v4/user/personal_access_tokens'>['body'];
type Scope = Body['scopes'][number];

/** In the order in which people want them. */
const SCOPE_WORDS: Readonly<Record<Scope, string>> = {
  api: 'all that you may do',
  read_api: 'look at all that you may see',
  read_repository: 'fetch by git',
  write_repository: 'fetch and push by git',
  read_user: 'know who you are',
  create_runner: 'make runners',
  manage_runner: 'change runners',
};

/** Makes a token. It is shown here until one leaves, and never again. */
export function NewToken({ onMade }: { readonly onMade: () => void }) {
  const [made, setMade] = useState<Made | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [isAsking, setAsking] = useState(false);
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget;
    if (isAsking || !(form instanceof HTMLFormElement)) return;
    setAsking(true);
    const answer = await call('POST /api/v4/user/personal_access_tokens', { body: bodyOf(new FormData(form)) });
    setAsking(false);
    setProblem(answer.ok ? null : answer.problem.message);
    if (!answer.ok) return;
    form.reset();
    setMade(answer.value);
    onMade();
  };
  return (
    <>
      {made !== null && (
        <p class="made" role="status">
          Copy it now, it is not shown again: <output class="mono">{made.token}</output>
        </p>
      )}
      <form onSubmit={(event) => void submit(event)}>
        <label for="name">Name</label>
        <input id="name" name="name" required maxLength={255} autocomplete="off" />
        <label for="expires">Expires on</label>
        <input id="expires" name="expires" type="date" />
        <fieldset class="scopes">
          <legend>Scopes</legend>
          {Object.entries(SCOPE_WORDS).map(([scope, words]) => (
            <label key={scope}>
              <input type="checkbox" name="scope" value={scope} /> <code>{scope}</code> {words}
            </label>
          ))}
        </fieldset>
        <p class="problem" role="alert">
          {problem}
        </p>
        <button type="submit" class="main" aria-disabled={isAsking}>
          {isAsking ? 'Asking…' : 'Make token'}
        </button>
      </form>
    </>
  );
}

function bodyOf(form: FormData): Body {
  const expires = String(form.get('expires'));
  return {
    name: String(form.get('name')),
    scopes: form.getAll('scope').map((scope) => String(scope) as Scope),
    ...(expires === '' ? {} : { expires_at: expires }),
  };
}
