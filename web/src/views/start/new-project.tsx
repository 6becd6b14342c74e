import { useState } from 'preact/hooks';
import { call } from '../../api/call.ts';
import { mayHere } from '../../api/identity.ts';
import { Notice } from '../../parts/notice.tsx';
import { go } from '../../router/address.ts';
import { useTitle } from '../../state/title.ts';
import './start.css';

/** Makes a project; its list of pipelines then says how to push, and waits for that. */
export default function NewProject() {
  useTitle('New project');
  if (!mayHere('project.create')) return <Notice isWhole title="You may not make projects here" />;
  return (
    <section class="start">
      <h1>New project</h1>
      <NewProjectForm />
    </section>
  );
}

export function NewProjectForm() {
  const [problem, setProblem] = useState<string | null>(null);
  const [isAsking, setAsking] = useState(false);
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (isAsking || !(event.currentTarget instanceof HTMLFormElement)) return;
    const name = String(new FormData(event.currentTarget).get('name')).trim();
    setAsking(true);
    setProblem(await make(name));
    setAsking(false);
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <label for="name">Project name</label>
      <input id="name" name="name" required maxLength={255} autocomplete="off" spellcheck={false} />
      <p class="problem" role="alert">
        {problem}
      </p>
      <button type="submit" class="main" aria-disabled={isAsking}>
        {isAsking ? 'Asking…' : 'Create project'}
      </button>
    </form>
  );
}

/** Goes to the project; else says what is wrong. */
async function make(name: string): Promise<string | null> {
  const answer = await call('POST /api/v4/projects', { body: { name } });
  if (!answer.ok) return answer.problem.message;
  go(`/${answer.value.path_with_namespace}`);
  return null;
}
