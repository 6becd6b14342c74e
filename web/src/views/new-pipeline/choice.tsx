interface ChoiceProps {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  /** Null: anything may be written. */
  readonly options: readonly string[] | null;
  readonly isRequired?: boolean;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** A value that the CI file describes: one of its options, or a text. */
export function Choice({ id, name, description, options, isRequired = false, value, onChange }: ChoiceProps) {
  const common = {
    id,
    required: isRequired,
    value,
    ...(description === null ? {} : { 'aria-describedby': `${id}-is` }),
  };
  return (
    <div class="choice">
      <label for={id} class="mono">
        {name}
      </label>
      {options === null ? (
        <input
          {...common}
          class="mono"
          spellcheck={false}
          autocomplete="off"
          onInput={({ currentTarget }) => onChange(currentTarget.value)}
        />
      ) : (
        <select {...common} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
          {!options.includes(value) && <option value={value}>{value} (not one of its options)</option>}
          {options.map((option) => (
            <option key={option} value={option}>
              {option === '' ? 'choose…' : option}
            </option>
          ))}
        </select>
      )}
      {description !== null && (
        <p id={`${id}-is`} class="soft">
          <bdi>{description}</bdi>
        </p>
      )}
    </div>
  );
}
