import type { PrefilledVariable } from '../../../generated/routes.ts';
import { Choice } from './choice.tsx';
import type { Variable } from './variable-fields.tsx';

interface PrefilledFieldsProps {
  readonly prefilled: readonly PrefilledVariable[];
  /** All that somebody has given; those that are not among them have the value of the file. */
  readonly variables: readonly Variable[];
  readonly onChange: (key: string, value: string) => void;
}

/** The variables that the file describes, filled in as it says. */
export function PrefilledFields({ prefilled, variables, onChange }: PrefilledFieldsProps) {
  if (prefilled.length === 0) return null;
  return (
    <fieldset>
      <legend>Variables of the file</legend>
      {prefilled.map(({ key, value, description, options }) => (
        <Choice
          key={key}
          id={`variable-${key}`}
          name={key}
          description={description}
          options={options}
          value={variables.find((given) => given.key === key)?.value ?? value}
          onChange={(next) => onChange(key, next)}
        />
      ))}
    </fieldset>
  );
}
