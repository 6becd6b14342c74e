import { useState } from 'preact/hooks';
import { call } from '../../api/call.ts';
import { identity } from '../../api/identity.ts';
import { useAsk } from '../../lists/use-ask.ts';
import { CopyLines } from '../../parts/copy-lines.tsx';

interface NewRunnerProps {
  readonly kind: 'instance_type' | 'project_type';
  /** Of a project's: its path. */
  readonly project: string | null;
  readonly onMade: () => void;
}

/** Makes a runner, and says how to start it: its token is shown this once. */
export function NewRunner({ kind, project, onMade }: NewRunnerProps) {
  const [token, setToken] = useState<string | null>(null);
  const { isAsking, refusal, ask } = useAsk();
  const make = async (form: FormData): Promise<void> => {
    const tags = String(form.get('tags') ?? '').trim();
    const about = { description: String(form.get('description') ?? ''), tag_list: tags, run_untagged: tags === '' };
    const owner = project === null ? {} : { project_id: identity.value?.project?.id };
    const made = await ask(() =>
      call('POST /api/v4/user/runners', { body: { runner_type: kind, ...owner, ...about } }),
    );
    if (made === null) return;
    setToken(made.value.token);
    onMade();
  };
  if (token !== null) return <Register token={token} />;
  return (
    <details>
      <summary>New runner</summary>
      <form
        class="fields"
        onSubmit={(event) => {
          event.preventDefault();
          void make(new FormData(event.currentTarget));
        }}
      >
        <label for="runner-description">Description</label>
        <input id="runner-description" name="description" />
        <label for="runner-tags">Tags</label>
        <input id="runner-tags" name="tags" aria-describedby="runner-tags-help" />
        <span id="runner-tags-help" class="soft">
          With commas between. None: it takes jobs without tags.
        </span>
        <button type="submit" class="main" aria-disabled={isAsking}>
          {isAsking ? 'asking…' : 'Make a runner'}
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

function Register({ token }: { readonly token: string }) {
  return (
    <section role="status" class="made">
      <p>The runner is made. Run this on its machine; the token is not shown again:</p>
      <CopyLines
        label="the lines for the runner"
        lines={[`epilogue runner register --url ${location.origin} --token ${token}`, 'epilogue runner run']}
      />
    </section>
  );
}
