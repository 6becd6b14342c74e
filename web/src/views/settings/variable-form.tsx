import { useEffect, useRef } from 'preact/hooks';
import type { AnswerOf, Result } from '../../api/call.ts';
import { useAsk } from '../../lists/use-ask.ts';

export type Variable = AnswerOf<'GET /api/v4/projects/:id/variables'>[number];

/** What the form was filled in with. */
export interface VariableWishes {
  readonly key: string;
  readonly value: string;
  readonly description: string | null;
  readonly environment_scope: string;
  readonly protected: boolean;
  readonly masked: boolean;
  readonly raw: boolean;
  readonly variable_type: 'file' | 'env_var';
}

interface VariableFormProps {
  /** The one that is changed; null: it is to be made. */
  readonly variable: Variable | null;
  readonly save: (wishes: VariableWishes) => Promise<Result<unknown>>;
  readonly onSaved: () => void;
  readonly onCancel?: () => void;
}

/** Whether its value is kept from eyes and pictures of the screen: it is not in the form, which may be open for long. */
export function isKeptSecret({ masked, hidden }: Pick<Variable, 'masked' | 'hidden'>): boolean {
  return masked || hidden;
}

/** Makes a variable or changes one; its key stays what it is. The value of one that is masked or hidden is not shown: it is replaced, or left. */
export function VariableForm({ variable, save, onSaved, onCancel }: VariableFormProps) {
  const { isAsking, refusal, ask } = useAsk();
  const submit = async (form: HTMLFormElement): Promise<void> => {
    const wishes = wishesOf(new FormData(form), variable);
    if ((await ask(() => save(wishes))) === null) return;
    form.reset();
    onSaved();
  };
  return (
    <form
      class="fields"
      onSubmit={(event) => {
        event.preventDefault();
        void submit(event.currentTarget);
      }}
    >
      <Fields variable={variable} />
      <div class="one-line">
        <button type="submit" class="main" aria-disabled={isAsking}>
          {isAsking ? 'asking…' : variable === null ? 'Add variable' : 'Save changes'}
        </button>
        {onCancel !== undefined && (
          <button type="button" onClick={onCancel}>
            Close
          </button>
        )}
      </div>
      {refusal !== null && (
        <p class="refusal" role="alert">
          {refusal}
        </p>
      )}
    </form>
  );
}

function Fields({ variable }: Pick<VariableFormProps, 'variable'>) {
  const isHidden = variable?.hidden === true;
  const isSecret = variable !== null && isKeptSecret(variable);
  const value = useRef<HTMLTextAreaElement>(null);
  // The button that was pressed is gone.
  useEffect(() => {
    if (variable !== null) value.current?.focus();
  }, []);
  // Several may stand on the page at once.
  const id = variable === null ? 'new' : `${variable.key}-${variable.environment_scope}`;
  return (
    <>
      {variable === null && (
        <>
          <label for={`key-${id}`}>Key</label>
          <input id={`key-${id}`} name="key" class="mono" required autoComplete="off" autoCapitalize="none" />
        </>
      )}
      <label for={`value-${id}`}>{isSecret ? 'New value (leave empty to keep it)' : 'Value'}</label>
      <textarea
        id={`value-${id}`}
        ref={value}
        name="value"
        class="mono"
        rows={2}
        autoComplete="off"
        defaultValue={isSecret ? '' : (variable?.value ?? '')}
      />
      <label for={`description-${id}`}>Description</label>
      <input id={`description-${id}`} name="description" defaultValue={variable?.description ?? ''} />
      <label for={`scope-${id}`}>Environments</label>
      <input
        id={`scope-${id}`}
        name="environment_scope"
        class="mono"
        defaultValue={variable?.environment_scope ?? '*'}
      />
      <div class="checks">
        <Check name="protected" isOn={variable?.protected === true} />
        <Check name="masked" isOn={variable?.masked === true} isFixed={isHidden} />
        <Check name="file" isOn={variable?.variable_type === 'file'} />
        <Check name="expanded" isOn={variable?.raw !== true} />
      </div>
    </>
  );
}

interface CheckProps {
  readonly name: string;
  readonly isOn: boolean;
  readonly isFixed?: boolean;
}

function Check({ name, isOn, isFixed = false }: CheckProps) {
  return (
    <label>
      <input type="checkbox" name={name} defaultChecked={isOn} disabled={isFixed} /> {name}
    </label>
  );
}

function wishesOf(given: FormData, variable: Variable | null): VariableWishes {
  const description = String(given.get('description'));
  return {
    key: variable?.key ?? String(given.get('key')),
    value: String(given.get('value')),
    description: description === '' ? null : description,
    environment_scope: String(given.get('environment_scope')) || '*',
    protected: given.has('protected'),
    masked: variable?.hidden === true || given.has('masked'),
    raw: !given.has('expanded'),
    variable_type: given.has('file') ? 'file' : 'env_var',
  };
}
