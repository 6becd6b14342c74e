export interface Variable {
  readonly key: string;
  readonly value: string;
}

interface VariableFieldsProps {
  readonly variables: readonly Variable[];
  readonly onChange: (variables: readonly Variable[]) => void;
}

/** Variables of one pipeline; the last row is empty, and becomes one when something is typed. */
export function VariableFields({ variables, onChange }: VariableFieldsProps) {
  const rows = [...variables, { key: '', value: '' }];
  const change = (at: number, part: Partial<Variable>): void =>
    onChange(rows.map((row, index) => (index === at ? { ...row, ...part } : row)).filter(isFilled));
  return (
    <fieldset>
      <legend>Variables</legend>
      <p class="soft">They go before those of the project and of the file, for this pipeline.</p>
      {rows.map((row, at) => (
        <div class="variable" key={at}>
          <input
            aria-label={`Key of variable ${at + 1}`}
            class="mono"
            placeholder="KEY"
            pattern="[A-Za-z_][A-Za-z0-9_]*"
            spellcheck={false}
            value={row.key}
            onInput={({ currentTarget }) => change(at, { key: currentTarget.value })}
          />
          <input
            aria-label={`Value of variable ${at + 1}`}
            class="mono"
            placeholder="value"
            spellcheck={false}
            value={row.value}
            onInput={({ currentTarget }) => change(at, { value: currentTarget.value })}
          />
        </div>
      ))}
    </fieldset>
  );
}

function isFilled({ key, value }: Variable): boolean {
  return key !== '' || value !== '';
}
