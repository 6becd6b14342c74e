import { useState } from 'preact/hooks';
import { call } from '../api/call.ts';
import { askedAbout, loadIdentity } from '../api/identity.ts';
import { live } from '../state/stream.ts';
import { useTitle } from '../state/title.ts';
import './sign-in.css';

interface SignInProps {
  /** A session that was there has ended. */
  readonly isOver?: boolean;
  readonly onDone?: () => void;
}

/** Asks for user name and password. Where it stands in place of a view, that comes up again when it is done. */
export function SignIn({ isOver = false, onDone }: SignInProps) {
  useTitle('Sign in');
  const [problem, setProblem] = useState<string | null>(null);
  const [isAsking, setAsking] = useState(false);
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (isAsking || !(event.currentTarget instanceof HTMLFormElement)) return;
    const form = new FormData(event.currentTarget);
    setAsking(true);
    setProblem(await signIn(String(form.get('login')), String(form.get('password')), onDone));
    setAsking(false);
  };
  return (
    <section class="sign-in">
      <h1>Sign in</h1>
      {isOver && <p>Your session has ended. Sign in, and you are back where you were.</p>}
      <form onSubmit={(event) => void submit(event)}>
        <label for="login">User name</label>
        <input id="login" name="login" autocomplete="username" required autocapitalize="none" spellcheck={false} />
        <label for="password">Password</label>
        <input id="password" name="password" type="password" autocomplete="current-password" required />
        <p class="problem" role="alert">
          {problem}
        </p>
        <button type="submit" class="main" aria-disabled={isAsking}>
          {isAsking ? 'Asking…' : 'Sign in'}
        </button>
      </form>
      <p class="soft">
        No password yet? The server printed a link when it first started, good once and for a day. Later, on its
        machine, <code>epilogue admin user password</code> gives one.
      </p>
    </section>
  );
}

/** Null: done, else what is wrong. */
async function signIn(login: string, password: string, onDone?: () => void): Promise<string | null> {
  const answer = await call('POST /users/sign_in', { body: { login, password } });
  if (!answer.ok) {
    return answer.problem.status === 401 ? 'User name or password is wrong.' : answer.problem.message;
  }
  if (!(await loadIdentity(askedAbout.peek())))
    return 'You are signed in, but the coordinator did not answer after that.';
  live.again();
  onDone?.();
  return null;
}
