import { useState } from 'preact/hooks';
import { call } from '../../api/call.ts';
import { LEVELS, type Level } from './roles.ts';

interface NewMemberProps {
  readonly project: string;
  readonly onMade: () => void;
}

export function NewMember({ project, onMade }: NewMemberProps) {
  const [refusal, setRefusal] = useState<string | null>(null);
  const add = async (form: HTMLFormElement): Promise<void> => {
    const given = new FormData(form);
    const added = await call('POST /api/v4/projects/:id/members', {
      params: { id: project },
      body: { username: String(given.get('username')), access_level: Number(given.get('level')) as Level },
    });
    setRefusal(added.ok ? null : added.problem.message);
    if (!added.ok) return;
    form.reset();
    onMade();
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void add(event.currentTarget);
      }}
    >
      <label for="member-name">Username</label> <input id="member-name" name="username" required autoComplete="off" />{' '}
      <label for="member-level">Role</label>{' '}
      <select id="member-level" name="level" defaultValue="30">
        {LEVELS.map(([value, word]) => (
          <option key={value} value={value}>
            {word}
          </option>
        ))}
      </select>{' '}
      <button type="submit" class="main">
        Add
      </button>
      {refusal !== null && <p role="alert">{refusal}</p>}
    </form>
  );
}
