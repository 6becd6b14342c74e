import { call } from '../../api/call.ts';
import { useAsk } from '../../lists/use-ask.ts';

/** Somebody who can sign in with the password that is given here, and change it then. */
export function NewUser({ onMade }: { readonly onMade: () => void }) {
  const { isAsking, refusal, ask } = useAsk();
  const make = async (form: HTMLFormElement): Promise<void> => {
    const given = new FormData(form);
    const text = (name: string) => String(given.get(name));
    const body = {
      username: text('username'),
      name: text('name') || text('username'),
      email: text('email'),
      password: text('password'),
      admin: given.has('admin'),
    };
    if ((await ask(() => call('POST /api/v4/users', { body }))) === null) return;
    form.reset();
    onMade();
  };
  return (
    <details>
      <summary>New user</summary>
      <form
        class="fields"
        onSubmit={(event) => {
          event.preventDefault();
          void make(event.currentTarget);
        }}
      >
        <UserFields />
        <button type="submit" class="main" aria-disabled={isAsking}>
          {isAsking ? 'asking…' : 'Make user'}
        </button>
        {refusal !== null && (
          <p class="refusal" role="alert">
            {refusal}
          </p>
        )}
      </form>
    </details>
  );
}

function UserFields() {
  return (
    <>
      <label for="user-username">Username</label>
      <input id="user-username" name="username" required autoComplete="off" autoCapitalize="none" />
      <label for="user-name">Name</label>
      <input id="user-name" name="name" autoComplete="off" />
      <label for="user-email">Email</label>
      <input id="user-email" name="email" type="email" required autoComplete="off" />
      <label for="user-password">Password</label>
      <input
        id="user-password"
        name="password"
        type="password"
        required
        minLength={8}
        autoComplete="new-password"
        aria-describedby="user-password-help"
      />
      <span id="user-password-help" class="soft">
        To be handed on; it is changed on their profile.
      </span>
      <div class="checks">
        <label>
          <input type="checkbox" name="admin" /> administrator
        </label>
      </div>
    </>
  );
}
