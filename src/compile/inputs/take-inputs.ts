import { didYouMean } from '../../base/index.ts';
import type { Session } from '../session.ts';
import { YamlFloat } from '../yaml/compose/yaml-float.ts';
import type { Place } from '../yaml/source-map.ts';
import type { InputSpec } from './input-spec.ts';
import { readValue } from './read-value.ts';

/** What a file is given, and who gives it. */
export interface GivenInputs {
  readonly values: Readonly<Record<string, unknown>>;
  /** Where the values stand in a file that includes this one; null: they come from outside of all files. */
  readonly node: object | null;
}

export const NO_INPUTS: GivenInputs = { values: {}, node: null };

/** The value of every input; null: something is missing, unknown or of the wrong kind, and was reported. */
export function takeInputs(
  specs: ReadonlyMap<string, InputSpec>,
  given: GivenInputs,
  session: Session,
): ReadonlyMap<string, unknown> | null {
  const before = session.problems.count();
  const values = new Map<string, unknown>();
  for (const name of Object.keys(given.values)) if (!specs.has(name)) reportUnknown(name, specs, given, session);
  for (const spec of specs.values()) {
    const own = Object.hasOwn(given.values, spec.name) ? given.values[spec.name] : undefined;
    const isGiven = own !== undefined && own !== null;
    const place: Place = isGiven && given.node !== null ? { node: given.node, key: spec.name } : spec.place;
    // A default is checked even when it is not needed: the next pipeline may need it.
    const usual =
      spec.default === undefined
        ? undefined
        : check(spec, { value: spec.default, isDefault: true, place: spec.place }, session);
    if (isGiven) values.set(spec.name, check(spec, { value: own, isDefault: false, place }, session));
    else if (spec.default === undefined) reportMissing(spec, given, session);
    else values.set(spec.name, usual);
  }
  return session.problems.count() === before ? values : null;
}

interface Candidate {
  readonly value: unknown;
  readonly isDefault: boolean;
  readonly place: Place;
}

function check(spec: InputSpec, { value: given, isDefault, place }: Candidate, session: Session): unknown {
  const { name, type, options, regex } = spec;
  const refuse = (why: string) => {
    const message = `input "${name}": ${isDefault ? 'its default' : show(given)} ${why}`;
    session.problems.add({ code: 'bad-input', message, path: `inputs.${name}` }, place);
    return undefined;
  };
  const value = readValue(type, given);
  if (value === undefined) return refuse(`is not ${WORDS[type]}`);
  if (options !== null && !options.some((option) => textOf(option) === textOf(value))) {
    return refuse(`is none of its options: ${options.map(show).join(', ')}`);
  }
  if (regex === null || typeof value !== 'string') return value;
  const compiled = session.cache.regex(regex, '');
  if (compiled === null) return refuse(`cannot be checked: its regex ${JSON.stringify(regex)} is not one (RE2)`);
  return compiled.test(value) ? value : refuse(`does not match its regex ${regex}`);
}

const WORDS = { string: 'a text', number: 'a number', boolean: 'true or false', array: 'a list' } as const;
const MOST_SHOWN = 100;

function show(value: unknown): string {
  const text = textOf(value);
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text;
}

function textOf(value: unknown): string {
  return value instanceof YamlFloat ? value.toString() : (JSON.stringify(value) ?? String(value));
}

function reportMissing({ name, place }: InputSpec, { node }: GivenInputs, { problems }: Session): void {
  const message = `input "${name}" is required: it has no default, and no value was given`;
  problems.add({ code: 'missing-input', message, path: `inputs.${name}` }, node === null ? place : { node });
}

function reportUnknown(
  name: string,
  specs: ReadonlyMap<string, InputSpec>,
  { node }: GivenInputs,
  { problems }: Session,
): void {
  const message = `unknown input "${name}": spec:inputs of the file does not declare it`;
  const finding = { code: 'unknown-input', message, path: `inputs.${name}`, ...didYouMean(name, specs.keys()) };
  problems.add(finding, node === null ? null : { node, key: name, part: 'key' });
}
