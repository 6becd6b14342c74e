import type { DeclaredInput } from '../../../generated/routes.ts';
import { Choice } from './choice.tsx';

/** What somebody filled in, by name of the input; the others have what the file says. */
export type Values = Readonly<Record<string, string>>;

interface InputFieldsProps {
  readonly declared: readonly DeclaredInput[];
  readonly values: Values;
  readonly onChange: (values: Values) => void;
}

/** The inputs that the file asks for, as it describes them. */
export function InputFields({ declared, values, onChange }: InputFieldsProps) {
  if (declared.length === 0) return null;
  return (
    <fieldset>
      <legend>Inputs</legend>
      {declared.map((input) => (
        <Choice
          key={input.name}
          id={`input-${input.name}`}
          name={input.name}
          description={input.description}
          options={optionsOf(input)}
          isRequired={input.required}
          value={values[input.name] ?? wordsOf(input.default)}
          onChange={(value) => onChange({ ...values, [input.name]: value })}
        />
      ))}
    </fieldset>
  );
}

function optionsOf({ type, options, required }: DeclaredInput): readonly string[] | null {
  const all = options?.map(wordsOf) ?? (type === 'boolean' ? ['true', 'false'] : null);
  return all === null || !required ? all : ['', ...all];
}

function wordsOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** As their types have them. What is none of its type is sent as it stands, so that the server says what is wrong with it. */
export function valuesOf(values: Values, declared: readonly DeclaredInput[]): Readonly<Record<string, unknown>> {
  const typed = declared.flatMap(({ name, type, required }) => {
    const text = values[name];
    if (text === undefined || (text === '' && (required || type !== 'string'))) return [];
    return [[name, type === 'string' ? text : parsed(text)] as const];
  });
  return Object.fromEntries(typed);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
