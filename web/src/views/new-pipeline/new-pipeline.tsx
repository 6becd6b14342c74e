import { useState } from 'preact/hooks';
import { call } from '../../api/call.ts';
import { identity, may } from '../../api/identity.ts';
import { useAnswer } from '../../api/use-answer.ts';
import { Notice } from '../../parts/notice.tsx';
import { go } from '../../router/address.ts';
import type { ViewProps } from '../../router/entry.ts';
import { useTitle } from '../../state/title.ts';
import { type Variable, VariableFields } from './variable-fields.tsx';
import './new-pipeline.css';

/** Starts a pipeline for a ref. `?ref=` and `?var[KEY]=VALUE` fill it in, as in GitLab, so that a link may say what to start. */
export default function NewPipeline({ params, query }: ViewProps<'project'>) {
  useTitle('Run pipeline');
  if (!may('pipeline.run')) {
    return (
      <Notice isWhole title="You may not run pipelines here">
        Developers of the project may.
      </Notice>
    );
  }
  const given = [...query].flatMap(([name, value]) => {
    const key = /^var\[(.+)\]$/.exec(name)?.[1];
    return key === undefined ? [] : [{ key, value }];
  });
  const ref = query.get('ref') ?? identity.value?.project?.default_branch ?? '';
  return (
    <section class="new-pipeline">
      <h1>Run pipeline</h1>
      <Form project={params.project} ref_={ref} given={given} />
    </section>
  );
}

interface FormProps {
  readonly project: string;
  readonly ref_: string;
  readonly given: readonly Variable[];
}

function Form({ project, ref_, given }: FormProps) {
  const [variables, setVariables] = useState(given);
  const [problem, setProblem] = useState<string | null>(null);
  const [isAsking, setAsking] = useState(false);
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (isAsking || !(event.currentTarget instanceof HTMLFormElement)) return;
    const ref = String(new FormData(event.currentTarget).get('ref')).trim();
    setAsking(true);
    setProblem(await run(project, ref, variables));
    setAsking(false);
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <label for="ref">Branch or tag</label>
      <RefField project={project} value={ref_} />
      <VariableFields variables={variables} onChange={setVariables} />
      <p class="problem" role="alert">
        {problem}
      </p>
      <button type="submit" class="main" aria-disabled={isAsking}>
        {isAsking ? 'Asking…' : 'Run pipeline'}
      </button>
    </form>
  );
}

/** What there is comes as suggestions: a repository may have more refs than anybody would scroll through. */
function RefField({ project, value }: { readonly project: string; readonly value: string }) {
  const given = { params: { id: project }, query: { per_page: 100 } };
  const branches = useAnswer('GET /api/v4/projects/:id/repository/branches', given).result;
  const tags = useAnswer('GET /api/v4/projects/:id/repository/tags', given).result;
  const names = [branches, tags].flatMap((each) => (each?.ok === true ? namesOf(each.value) : []));
  return (
    <>
      <input id="ref" name="ref" defaultValue={value} list="refs" required spellcheck={false} autocomplete="off" />
      <datalist id="refs">
        {[...new Set(names)].map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </>
  );
}

function namesOf(refs: unknown): readonly string[] {
  return Array.isArray(refs) ? refs.map(({ name }: { readonly name: unknown }) => String(name)) : [];
}

/** Goes to the pipeline; else says what is wrong. */
async function run(project: string, ref: string, variables: readonly Variable[]): Promise<string | null> {
  const named = variables.filter(({ key }) => key !== '');
  const answer = await call('POST /api/v4/projects/:id/pipeline', {
    params: { id: project },
    body: { ref, variables: named },
  });
  if (!answer.ok) return answer.problem.message;
  go(`/${project}/-/pipelines/${answer.value.id}`);
  return null;
}
