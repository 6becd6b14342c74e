import { identity } from '../../api/identity.ts';
import { Name } from '../../parts/name.tsx';
import { SignIn } from '../../shell/sign-in.tsx';
import { useTitle } from '../../state/title.ts';
import { PasswordForm } from './password-form.tsx';
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
