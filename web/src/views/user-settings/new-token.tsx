import { useRef, useState } from 'preact/hooks';
import type { Given, Result } from '../../api/call.ts';
import { useAsk } from '../../lists/use-ask.ts';
import { CopyButton } from '../../parts/copy-button.tsx';
import { RoleOptions } from '../members/role-options.tsx';
import '../../parts/copy-lines.css';

type Scope = Given<'POST /api/v4/user/personal_access_tokens'>['body']['scopes'][number];

export interface TokenWishes {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly expires_at?: string;
  /** A level of access; of a project's alone. */
  readonly access_level: number;
}

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
/** What a project's token has a use for. */
const PROJECT_SCOPE_WORDS: readonly (readonly [Scope, string])[] = [
  ['api', 'all that its role may do here'],
  ['read_api', 'look at all that its role may see here'],
  ['read_repository', 'fetch by git'],
  ['write_repository', 'fetch and push by git'],
];
const MAINTAINER = 40;

interface NewTokenProps {
  /** It is a project's: it has a role there. */
  readonly isOfProject: boolean;
  readonly make: (wishes: TokenWishes) => Promise<Result<{ readonly token?: string }>>;
  readonly onMade: () => void;
}

/** Makes a token. It is shown here until one leaves, and never again. */
export function NewToken({ isOfProject, make, onMade }: NewTokenProps) {
  const [token, setToken] = useState<string | null>(null);
  const shown = useRef<HTMLOutputElement>(null);
  const { isAsking, refusal, ask } = useAsk();
  const submit = async (form: HTMLFormElement): Promise<void> => {
    const made = await ask(() => make(wishesOf(new FormData(form))));
    if (made === null) return;
    form.reset();
    setToken(made.value.token ?? null);
    onMade();
  };
  return (
    <>
      {token !== null && (
        <div class="made" role="status">
          <p>Copy it now, it is not shown again:</p>
          <div class="copy-lines">
            <output ref={shown} class="mono">
              {token}
            </output>
            <CopyButton
              of="the token"
              text={() => token}
              select={() => shown.current !== null && getSelection()?.selectAllChildren(shown.current)}
            />
          </div>
        </div>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit(event.currentTarget);
        }}
      >
        <label for="name">Name</label>
        <input id="name" name="name" required maxLength={255} autocomplete="off" />
        <label for="expires">Expires on</label>
        <input id="expires" name="expires" type="date" />
        {isOfProject && (
          <>
            <label for="level">Role</label>
            <select id="level" name="level">
              <RoleOptions chosen={MAINTAINER} />
            </select>
          </>
        )}
        <Scopes words={isOfProject ? PROJECT_SCOPE_WORDS : (Object.entries(SCOPE_WORDS) as [Scope, string][])} />
        <p class="problem" role="alert">
          {refusal}
        </p>
        <button type="submit" class="main" aria-disabled={isAsking}>
          {isAsking ? 'asking…' : 'Make token'}
        </button>
      </form>
    </>
  );
}

function Scopes({ words }: { readonly words: readonly (readonly [Scope, string])[] }) {
  return (
    <fieldset class="scopes">
      <legend>Scopes</legend>
      {words.map(([scope, word]) => (
        <label key={scope}>
          <input type="checkbox" name="scope" value={scope} /> <code>{scope}</code> {word}
        </label>
      ))}
    </fieldset>
  );
}

function wishesOf(form: FormData): TokenWishes {
  const expires = String(form.get('expires'));
  return {
    name: String(form.get('name')),
    scopes: form.getAll('scope').map((scope) => String(scope) as Scope),
    ...(expires === '' ? {} : { expires_at: expires }),
    access_level: Number(form.get('level')),
  };
}
