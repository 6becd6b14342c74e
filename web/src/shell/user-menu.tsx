import type { PageUser } from '../../generated/routes.ts';
import { call } from '../api/call.ts';
import { mayHere } from '../api/identity.ts';
import { Menu } from '../parts/menu.tsx';
import { Name } from '../parts/name.tsx';
import { address } from '../router/address.ts';
import { forgetDrafts } from '../state/drafts.ts';

/** Who is signed in, and what is theirs; or the way in. */
export function UserMenu({ user }: { readonly user: PageUser | null }) {
  if (user === null) {
    const { path } = address.value;
    if (path === '/users/sign_in') return null;
    return <a href="/users/sign_in">Sign in</a>;
  }
  return (
    <Menu label={<Name text={user.username} />}>
      <a href="/-/user_settings/profile">Profile</a>
      <a href="/-/user_settings/personal_access_tokens">Access tokens</a>
      {mayHere('obligation.read_all') && <AdminLinks />}
      <button type="button" class="bare" onClick={() => void signOut()}>
        Sign out
      </button>
    </Menu>
  );
}

function AdminLinks() {
  return (
    <>
      <hr />
      <a href="/admin/projects">All projects</a>
      <a href="/admin/obligations">All obligations</a>
      <a href="/admin/runners">All runners</a>
      <a href="/admin/users">Users</a>
      <a href="/admin/audit_log">Audit log</a>
      <hr />
    </>
  );
}

/** The page is loaded anew: nothing that was seen stays in it, nor anything that was typed. */
async function signOut(): Promise<void> {
  const { ok } = await call('DELETE /users/sign_out', {});
  if (ok) forgetDrafts();
  location.assign('/');
}
