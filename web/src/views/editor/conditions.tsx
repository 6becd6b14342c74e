import type { DeclaredInput } from '../../../generated/routes.ts';
import { InputFields, type Values } from '../new-pipeline/input-fields.tsx';
import { type Variable, VariableFields } from '../new-pipeline/variable-fields.tsx';

/** Under what it would run. */
export interface Conditions {
  /** A branch or tag; empty: the branch that is shown. */
  readonly ref: string;
  readonly source: 'push' | 'web';
  readonly variables: readonly Variable[];
  readonly inputs: Values;
}

interface ConditionsProps {
  readonly now: Conditions;
  readonly branch: string;
  /** Inputs of the file as it stands. */
  readonly declared: readonly DeclaredInput[];
  readonly onChange: (conditions: Conditions) => void;
}

/** What the file asks for stands open: while a value is missing that it must have, nothing else can be said of it. */
export function ConditionFields({ now, branch, declared, onChange }: ConditionsProps) {
  return (
    <div class="conditions">
      <InputFields declared={declared} values={now.inputs} onChange={(inputs) => onChange({ ...now, inputs })} />
      <details>
        <summary>What would run for another ref, or with variables</summary>
        <p class="fields">
          <label for="dry-run-ref">Branch or tag</label>
          <input
            id="dry-run-ref"
            placeholder={branch}
            spellcheck={false}
            autocomplete="off"
            value={now.ref}
            onChange={({ currentTarget }) => onChange({ ...now, ref: currentTarget.value.trim() })}
          />
          <label for="source">Started by</label>
          <select
            id="source"
            value={now.source}
            onChange={({ currentTarget }) =>
              onChange({ ...now, source: currentTarget.value === 'web' ? 'web' : 'push' })
            }
          >
            <option value="push">a push</option>
            <option value="web">Run pipeline</option>
          </select>
        </p>
        <VariableFields variables={now.variables} onChange={(variables) => onChange({ ...now, variables })} />
      </details>
    </div>
  );
}
