import type { PageUser } from '../../../generated/routes.ts';
import { PasswordForm } from '../user-settings/password-form.tsx';
import '../user-settings/user-settings.css';

/** The first step of who came by a link that is good once: a way to come back. */
export function FirstPassword({ user }: { readonly user: PageUser }) {
  return (
    <section class="user-settings">
      <h1>Welcome, {user.username}</h1>
      <h2>Give yourself a password</h2>
      <p>You came by a link that is good once. Without a password you cannot come back when this session ends.</p>
      <PasswordForm hasOne={false} username={user.username} />
    </section>
  );
}
