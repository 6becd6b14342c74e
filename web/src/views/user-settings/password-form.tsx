import { useState } from 'preact/hooks';
import { call } from '../../api/call.ts';
import { askedAbout, loadIdentity } from '../../api/identity.ts';

type Said = { readonly isGood: boolean; readonly text: string } | null;

interface PasswordFormProps {
  /** The one that there is is asked for then. */
  readonly hasOne: boolean;
  readonly username: string;
}

/** A password of one's own; `identity` says afterwards that there is one. */
export function PasswordForm({ hasOne, username }: PasswordFormProps) {
  const [said, setSaid] = useState<Said>(null);
  const [isAsking, setAsking] = useState(false);
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget;
    if (isAsking || !(form instanceof HTMLFormElement)) return;
    setAsking(true);
    const next = await change(new FormData(form), hasOne);
    if (next?.isGood === true) form.reset();
    setSaid(next);
    setAsking(false);
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <input
        class="heard"
        name="username"
        autocomplete="username"
        value={username}
        readOnly
        tabIndex={-1}
        aria-hidden
      />
      {hasOne && (
        <>
          <label for="current">Current password</label>
          <input id="current" name="current" type="password" autocomplete="current-password" required />
        </>
      )}
      <label for="password">New password</label>
      <input id="password" name="password" type="password" autocomplete="new-password" minLength={8} required />
      <p class="soft">At least 8 characters. Every other browser of yours is signed out.</p>
      <p class={said?.isGood === false ? 'problem' : undefined} role="status">
        {said?.text}
      </p>
      <button type="submit" class="main" aria-disabled={isAsking}>
        {isAsking ? 'Asking…' : 'Save password'}
      </button>
    </form>
  );
}

async function change(form: FormData, hasOne: boolean): Promise<Said> {
  const current = hasOne ? { current_password: String(form.get('current')) } : {};
  const body = { password: String(form.get('password')), ...current };
  const answer = await call('PUT /api/v4/user/password', { body });
  if (!answer.ok) return { isGood: false, text: answer.problem.message };
  await loadIdentity(askedAbout.peek());
  return { isGood: true, text: 'The password is changed.' };
}
