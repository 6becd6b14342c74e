import { call } from '../../api/call.ts';
import { useAsk } from '../../lists/use-ask.ts';
import { RoleOptions } from './role-options.tsx';
import type { Level } from './roles.ts';

interface NewMemberProps {
  readonly project: string;
  readonly onMade: () => void;
}

const DEVELOPER = 30;

export function NewMember({ project, onMade }: NewMemberProps) {
  const { isAsking, refusal, ask } = useAsk();
  const add = async (form: HTMLFormElement): Promise<void> => {
    const given = new FormData(form);
    const body = { username: String(given.get('username')), access_level: Number(given.get('level')) as Level };
    const added = await ask(() => call('POST /api/v4/projects/:id/members', { params: { id: project }, body }));
    if (added === null) return;
    form.reset();
    onMade();
  };
  return (
    <form
      class="one-line"
      onSubmit={(event) => {
        event.preventDefault();
        void add(event.currentTarget);
      }}
    >
      <span class="pair">
        <label for="member-name">Username</label>
        <input id="member-name" name="username" required autoComplete="off" autoCapitalize="none" />
      </span>
      <span class="pair">
        <label for="member-level">Role</label>
        <select id="member-level" name="level">
          <RoleOptions chosen={DEVELOPER} />
        </select>
      </span>
      <button type="submit" class="main" aria-disabled={isAsking}>
        {isAsking ? 'asking…' : 'Add member'}
      </button>
      {refusal !== null && (
        <p class="refusal" role="alert">
          {refusal}
        </p>
      )}
    </form>
  );
}
