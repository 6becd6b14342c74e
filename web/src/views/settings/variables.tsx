import { useState } from 'preact/hooks';
import { type AnswerOf, call } from '../../api/call.ts';
import { may } from '../../api/identity.ts';
import { useAnswer } from '../../api/use-answer.ts';
import { Name } from '../../parts/name.tsx';
import { Notice } from '../../parts/notice.tsx';
import { NewVariable } from './new-variable.tsx';

type Variable = AnswerOf<'GET /api/v4/projects/:id/variables'>[number];

/** Values are not shown: whoever may read them asks for one at a time. */
export function Variables({ project }: { readonly project: string }) {
  const params = { id: project };
  const { result, again } = useAnswer('GET /api/v4/projects/:id/variables', { params, query: { per_page: 100 } });
  const mayManage = may('variable.manage');
  return (
    <section aria-label="Variables">
      <h2>Variables</h2>
      <p class="soft">
        Protected: for jobs of protected branches and tags alone. Masked: not shown in logs. Hidden: nobody is shown the
        value again.
      </p>
      {mayManage && <NewVariable project={project} onMade={again} />}
      {result !== null && !result.ok && <Notice title="The variables cannot be shown">{result.problem.message}</Notice>}
      {result?.ok === true && result.value.length === 0 && <Notice title="No variable yet" />}
      {result?.ok === true && result.value.length > 0 && (
        <table>
          <thead>
            <tr>
              <th>Key</th>
              <th>Value</th>
              <th>Kind</th>
              <th>
                <span class="heard">Deeds</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {result.value.map((variable) => (
              <VariableRow
                key={`${variable.key} ${variable.environment_scope}`}
                variable={variable}
                project={mayManage ? project : null}
                again={again}
              />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

interface RowProps {
  readonly variable: Variable;
  /** Null: it may only be looked at. */
  readonly project: string | null;
  readonly again: () => void;
}

function VariableRow({ variable, project, again }: RowProps) {
  const { key, value, description, environment_scope: scope } = variable;
  const [isShown, setShown] = useState(false);
  const kinds = [
    variable.variable_type === 'file' ? 'file' : null,
    variable.protected ? 'protected' : null,
    variable.hidden ? 'hidden' : variable.masked ? 'masked' : null,
    variable.raw ? 'not expanded' : null,
    scope === '*' ? null : scope,
  ].filter((kind) => kind !== null);
  return (
    <tr>
      <td>
        <code>
          <Name text={key} fit />
        </code>
        <p class="soft">{description}</p>
      </td>
      <td>
        {value === null ? (
          'hidden'
        ) : (
          <>
            {isShown && (
              <code>
                <Name text={value} />
              </code>
            )}
            <button type="button" class="bare" aria-expanded={isShown} onClick={() => setShown(!isShown)}>
              {isShown ? 'Hide' : 'Show'}
              <span class="heard"> value of {key}</span>
            </button>
          </>
        )}
      </td>
      <td>{kinds.join(', ')}</td>
      <td>{project !== null && <Remove variable={variable} project={project} again={again} />}</td>
    </tr>
  );
}

function Remove({
  variable: { key, environment_scope: scope },
  project,
  again,
}: RowProps & { readonly project: string }) {
  const [isSure, setSure] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const remove = async (): Promise<void> => {
    const query = { filter: { environment_scope: scope } };
    const gone = await call('DELETE /api/v4/projects/:id/variables/:key', { params: { id: project, key }, query });
    setRefusal(gone.ok ? null : gone.problem.message);
    again();
  };
  return (
    <>
      <button
        type="button"
        {...(isSure ? { 'data-hue': 'bad' } : {})}
        onClick={() => (isSure ? void remove() : setSure(true))}
        onBlur={() => setSure(false)}
      >
        {isSure ? 'Really remove' : 'Remove'}
        <span class="heard"> {key}</span>
      </button>
      {refusal !== null && <p role="alert">{refusal}</p>}
    </>
  );
}
