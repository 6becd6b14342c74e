import { useState } from 'preact/hooks';
import { call, type Given } from '../../api/call.ts';
import { identity, may } from '../../api/identity.ts';
import { useAnswer } from '../../api/use-answer.ts';
import { Notice } from '../../parts/notice.tsx';
import { go } from '../../router/address.ts';
import type { ViewProps } from '../../router/entry.ts';
import { useTitle } from '../../state/title.ts';
import { InputFields, type Values, valuesOf } from './input-fields.tsx';
import { PrefilledFields } from './prefilled-fields.tsx';
import { PreviewList } from './preview-list.tsx';
import { named, usePreview } from './use-preview.ts';
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
  const byKey = new Map(
    [...query].flatMap(([name, value]): [string, string][] => {
      const key = /^var\[(.+)\]$/.exec(name)?.[1];
      return key === undefined ? [] : [[key, value]];
    }),
  );
  const given = [...byKey].map(([key, value]) => ({ key, value }));
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
  const [ref, setRef] = useState(ref_);
  // What somebody names by hand stays where it is typed, also while its name is that of one the file describes.
  const [own, setOwn] = useState(given);
  const [described, setDescribed] = useState<readonly Variable[]>([]);
  const [inputs, setInputs] = useState<Values>({});
  const [problem, setProblem] = useState<string | null>(null);
  const [isAsking, setAsking] = useState(false);
  const variables = [...described.filter(({ key }) => own.every((each) => each.key !== key)), ...own];
  const preview = usePreview(project, { ref, variables, inputs });
  const { lint } = preview;
  const describe = (key: string, value: string): void => {
    setDescribed([...described.filter((each) => each.key !== key), { key, value }]);
    // It is said once.
    setOwn(own.filter((each) => each.key !== key));
  };
  const declared = lint?.inputs ?? [];
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (isAsking || !(event.currentTarget instanceof HTMLFormElement)) return;
    // As it stands there: Enter in the field sends the form before the field has told of its change.
    const typed = String(new FormData(event.currentTarget).get('ref')).trim();
    setAsking(true);
    setProblem(await run(project, { ref: typed, variables: named(variables), inputs: valuesOf(inputs, declared) }));
    setAsking(false);
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <label for="ref">Branch or tag</label>
      <RefField project={project} value={ref_} onChange={setRef} />
      <InputFields declared={declared} values={inputs} onChange={setInputs} />
      <PrefilledFields prefilled={lint?.variables ?? []} variables={variables} onChange={describe} />
      <VariableFields variables={own} onChange={setOwn} />
      <p class="problem" role="alert">
        {problem}
      </p>
      <button type="submit" class="main" aria-disabled={isAsking}>
        {isAsking ? 'Asking…' : 'Run pipeline'}
      </button>
      <PreviewList {...preview} />
    </form>
  );
}

/** What there is comes as suggestions: a repository may have more refs than anybody would scroll through. */
interface RefFieldProps {
  readonly project: string;
  readonly value: string;
  readonly onChange: (ref: string) => void;
}

function RefField({ project, value, onChange }: RefFieldProps) {
  const given = { params: { id: project }, query: { per_page: 100 } };
  const branches = useAnswer('GET /api/v4/projects/:id/repository/branches', given).result;
  const tags = useAnswer('GET /api/v4/projects/:id/repository/tags', given).result;
  const names = [branches, tags].flatMap((each) => (each?.ok === true ? namesOf(each.value) : []));
  return (
    <>
      <input
        id="ref"
        name="ref"
        defaultValue={value}
        list="refs"
        required
        spellcheck={false}
        autocomplete="off"
        onChange={({ currentTarget }) => onChange(currentTarget.value.trim())}
      />
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
async function run(project: string, body: Given<'POST /api/v4/projects/:id/pipeline'>['body']): Promise<string | null> {
  const answer = await call('POST /api/v4/projects/:id/pipeline', { params: { id: project }, body });
  if (!answer.ok) return answer.problem.message;
  go(`/${project}/-/pipelines/${answer.value.id}`);
  return null;
}
