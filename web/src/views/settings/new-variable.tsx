import { useState } from 'preact/hooks';
import { call } from '../../api/call.ts';

interface NewVariableProps {
  readonly project: string;
  readonly onMade: () => void;
}

export function NewVariable({ project, onMade }: NewVariableProps) {
  const [refusal, setRefusal] = useState<string | null>(null);
  const make = async (form: HTMLFormElement): Promise<void> => {
    const given = new FormData(form);
    const made = await call('POST /api/v4/projects/:id/variables', {
      params: { id: project },
      body: {
        key: String(given.get('key')),
        value: String(given.get('value')),
        protected: given.has('protected'),
        masked: given.has('masked'),
        variable_type: given.has('file') ? 'file' : 'env_var',
      },
    });
    setRefusal(made.ok ? null : made.problem.message);
    if (!made.ok) return;
    form.reset();
    onMade();
  };
  return (
    <details>
      <summary>New variable</summary>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void make(event.currentTarget);
        }}
      >
        <p>
          <label for="variable-key">Key</label> <input id="variable-key" name="key" required autoComplete="off" />
        </p>
        <p>
          <label for="variable-value">Value</label> <textarea id="variable-value" name="value" rows={2} />
        </p>
        <p>
          <label>
            <input type="checkbox" name="protected" /> protected
          </label>{' '}
          <label>
            <input type="checkbox" name="masked" /> masked
          </label>{' '}
          <label>
            <input type="checkbox" name="file" /> file
          </label>
        </p>
        <button type="submit" class="main">
          Add the variable
        </button>
        {refusal !== null && <p role="alert">{refusal}</p>}
      </form>
    </details>
  );
}
