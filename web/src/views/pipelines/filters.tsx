import { address, go, withQuery } from '../../router/address.ts';
import { STATUS_WORDS } from '../../words/status.ts';

/** Of what the coordinator can start a pipeline by. */
const SOURCES = ['push', 'web', 'api', 'trigger', 'pipeline', 'parent_pipeline'] as const;

/** What is asked for stands in the address. */
export const FILTERS = ['ref', 'status', 'source', 'username'] as const;
type Filter = (typeof FILTERS)[number];

export function Filters() {
  return (
    <search class="filters">
      <TextFilter name="ref" label="Branch or tag" />
      <ChoiceFilter name="status" label="Status" choices={Object.keys(STATUS_WORDS)} />
      <ChoiceFilter name="source" label="Source" choices={SOURCES} />
      <TextFilter name="username" label="User" />
    </search>
  );
}

function TextFilter({ name, label }: { readonly name: Filter; readonly label: string }) {
  return (
    <input
      data-key={name === 'ref' ? '/' : undefined}
      aria-label={label}
      placeholder={label}
      value={chosen(name)}
      onChange={({ currentTarget }) => choose(name, currentTarget.value.trim())}
    />
  );
}

interface ChoiceFilterProps {
  readonly name: Filter;
  readonly label: string;
  readonly choices: readonly string[];
}

function ChoiceFilter({ name, label, choices }: ChoiceFilterProps) {
  return (
    <select aria-label={label} value={chosen(name)} onChange={({ currentTarget }) => choose(name, currentTarget.value)}>
      <option value="">{label}: any</option>
      {choices.map((choice) => (
        <option key={choice} value={choice}>
          {choice.replaceAll('_', ' ')}
        </option>
      ))}
    </select>
  );
}

function chosen(name: Filter): string {
  return address.value.query.get(name) ?? '';
}

function choose(name: Filter, value: string): void {
  go(withQuery({ [name]: value, page: null }));
}
