import { useEffect, useRef, useState } from 'preact/hooks';
import { call } from '../../api/call.ts';
import { may } from '../../api/identity.ts';
import { type Column, ListTable } from '../../lists/list-table.tsx';
import { PressTwice } from '../../lists/press-twice.tsx';
import { useList } from '../../lists/use-list.ts';
import { Name } from '../../parts/name.tsx';
import { Notice } from '../../parts/notice.tsx';
import { isKeptSecret, type Variable, VariableForm } from './variable-form.tsx';

interface VariablesProps {
  readonly project: string;
  readonly query: URLSearchParams;
}

/** What was edited last, and whether it still is. */
interface LastEdited {
  readonly key: string;
  readonly isOpen: boolean;
}

const KINDS =
  'Protected: only for jobs of protected branches and tags. Masked: not shown in logs. Hidden: nobody is shown the value again. File: the job gets the path of a file with the value. Expanded: other variables in the value are replaced.';

/** Values are not shown until somebody asks for one. */
export function Variables({ project, query }: VariablesProps) {
  const params = { id: project };
  const list = useList('GET /api/v4/projects/:id/variables', { params }, query);
  const [last, setLast] = useState<LastEdited | null>(null);
  const mayManage = may('variable.manage');
  const actions = (variable: Variable) => (
    <Actions
      variable={variable}
      project={project}
      again={list.again}
      isLast={last?.key === keyOf(variable)}
      edit={() => setLast({ key: keyOf(variable), isOpen: true })}
    />
  );
  const columns: readonly Column<Variable>[] = [
    { head: 'Key', cell: (variable) => <About variable={variable} /> },
    { head: 'Value', cell: (variable) => <Value variable={variable} /> },
    { head: 'Kind', cell: kindsOf },
    { head: 'Actions', isHeard: true, cell: (variable) => mayManage && actions(variable) },
  ];
  const edit = (variable: Variable) => {
    if (last?.isOpen !== true || last.key !== keyOf(variable)) return null;
    const close = () => setLast({ key: keyOf(variable), isOpen: false });
    return <Edit variable={variable} project={project} again={list.again} close={close} />;
  };
  const empty = <Notice title="No variable yet" />;
  return (
    <section aria-label="Variables">
      <h2>Variables</h2>
      <p class="soft">{KINDS}</p>
      {mayManage && (
        <details>
          <summary>New variable</summary>
          <VariableForm
            variable={null}
            save={(body) => call('POST /api/v4/projects/:id/variables', { params, body })}
            onSaved={list.again}
          />
        </details>
      )}
      <ListTable list={list} what="variables" columns={columns} keyOf={keyOf} wholeRow={edit} empty={empty} />
    </section>
  );
}

/** Of one key there may be several, for different environments. */
function keyOf({ key, environment_scope: scope }: Variable): string {
  return `${key} ${scope}`;
}

function kindsOf(variable: Variable): string {
  const { environment_scope: scope, raw, hidden, masked, variable_type: type } = variable;
  return [
    type === 'file' && 'file',
    variable.protected && 'protected',
    hidden ? 'hidden' : masked && 'masked',
    raw && 'not expanded',
    scope !== '*' && `for ${scope}`,
  ]
    .filter(Boolean)
    .join(', ');
}

function About({ variable: { key, description } }: { readonly variable: Variable }) {
  return (
    <>
      <code>
        <Name text={key} />
      </code>
      {description !== null && (
        <p class="soft">
          <Name text={description} />
        </p>
      )}
    </>
  );
}

function Value({ variable: { key, value } }: { readonly variable: Variable }) {
  const [isShown, setShown] = useState(false);
  if (value === null) return <span class="soft">hidden</span>;
  return (
    <div class="value">
      {isShown && (
        <code>
          <Name text={value} />
        </code>
      )}
      <button type="button" aria-expanded={isShown} onClick={() => setShown(!isShown)}>
        {isShown ? 'Hide' : 'Show'}
        <span class="heard"> value of {key}</span>
      </button>
    </div>
  );
}

interface RowProps {
  readonly variable: Variable;
  readonly project: string;
  readonly again: () => void;
}

function Edit({ variable, project, again, close }: RowProps & { readonly close: () => void }) {
  const { key, environment_scope: scope } = variable;
  const isKept = (value: string) => (isKeptSecret(variable) && value === '') || value === variable.value;
  return (
    <>
      <About variable={variable} />
      <VariableForm
        variable={variable}
        save={({ value, key: _key, ...rest }) =>
          call('PUT /api/v4/projects/:id/variables/:key', {
            params: { id: project, key },
            query: { filter: { environment_scope: scope } },
            // One that was not changed here may have been elsewhere, and would be put back.
            body: { ...rest, ...(isKept(value) ? {} : { value }) },
          })
        }
        onSaved={() => {
          close();
          again();
        }}
        onCancel={close}
      />
    </>
  );
}

interface ActionsProps extends RowProps {
  /** It was edited last: who closed its form goes on from here. */
  readonly isLast: boolean;
  readonly edit: () => void;
}

function Actions({ variable, project, again, isLast, edit }: ActionsProps) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (isLast && document.activeElement === document.body) button.current?.focus();
  }, []);
  const { key, environment_scope: scope } = variable;
  const query = { filter: { environment_scope: scope } };
  return (
    <div class="actions">
      <button type="button" ref={button} onClick={edit}>
        Edit<span class="heard"> {key}</span>
      </button>
      <PressTwice
        word="Remove"
        sure="Really remove"
        of={key}
        stake="Jobs that need it do not get it any more."
        deed={() => call('DELETE /api/v4/projects/:id/variables/:key', { params: { id: project, key }, query })}
        onDone={again}
      />
    </div>
  );
}
