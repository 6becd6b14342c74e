import { useState } from 'preact/hooks';
import { call } from '../../api/call.ts';
import { askedAbout, identity, loadIdentity } from '../../api/identity.ts';
import { Name } from '../../parts/name.tsx';
import { SignIn } from '../../shell/sign-in.tsx';
import { useTitle } from '../../state/title.ts';
import './user-settings.css';

/** Who one is, and a password of one's own. */
export default function Profile() {
  useTitle('Profile');
  const user = identity.value?.user ?? null;
  if (user === null) return <SignIn />;
  return (
    <section class="user-settings">
      <h1>Profile</h1>
      <p>
        <Name text={user.name} /> <span class="soft">{user.username}</span>
        {user.is_admin && ' · administrator'}
      </p>
      <p>
        <a href="/-/user_settings/personal_access_tokens">Personal access tokens</a>
      </p>
      <h2>{user.has_password ? 'Change your password' : 'Give yourself a password'}</h2>
      {!user.has_password && (
        <p>You came by a link that is good once. Without a password you cannot come back when this session ends.</p>
      )}
      <PasswordForm hasOne={user.has_password} username={user.username} />
    </section>
  );
}

type Said = { readonly isGood: boolean; readonly text: string } | null;

function PasswordForm({ hasOne, username }: { readonly hasOne: boolean; readonly username: string }) {
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
