import type { TSchema } from 'typebox';
import { didYouMean } from '../../base/index.ts';
import type { Finding } from '../problems.ts';
import { YamlFloat } from '../yaml/compose/yaml-float.ts';
import { isMapping, type Mapping, Reference } from '../yaml/mapping.ts';
import type { Place } from '../yaml/source-map.ts';
import { hintForKey } from './hint-for-key.ts';
import type { Schema } from './schema-words.ts';

export interface Misfit {
  readonly finding: Finding;
  readonly place: Place;
}

/** What is being explained and where: `subject` opens the message, `path` leads from it to the value. */
export interface Subject {
  readonly name: string;
  readonly rootPath: string;
  readonly path: readonly (string | number)[];
  readonly place: Place;
  /** Named parts of a recursive schema. */
  readonly parts: Readonly<Record<string, Schema>>;
}

/** Why a value does not fit its schema, in words for people. Only runs when a compiled check has failed, so it may take its time. */
export function explain(schema: TSchema, value: unknown, subject: Omit<Subject, 'parts'>): readonly Misfit[] {
  return explainValue(schema as Schema, value, { ...subject, parts: {} });
}

function explainValue(schema: Schema, value: unknown, subject: Subject): readonly Misfit[] {
  if (schema.$ref !== undefined) return explainPart(schema, value, subject);
  // What could not be resolved was reported when it was met.
  if (value instanceof Reference) return [];
  if (schema['x-exactly-one'] !== undefined && isMapping(value)) return explainExactlyOne(schema, value, subject);
  if (schema.anyOf !== undefined) return explainUnion(schema, schema.anyOf, value, subject);
  if (schema['x-float'] === true) return value instanceof YamlFloat ? [] : [mustBe(subject, 'a number')];
  if (schema.const !== undefined) return value === schema.const ? [] : [mustBe(subject, JSON.stringify(schema.const))];
  if (schema.enum !== undefined) return explainEnum(schema.enum, value, subject);
  switch (schema.type) {
    case 'object':
      return isMapping(value)
        ? explainMapping(schema, value, subject)
        : [mustBe(subject, schema.description ?? 'a mapping')];
    case 'array':
      return Array.isArray(value)
        ? explainList(schema, value, subject)
        : [mustBe(subject, schema.description ?? 'a list')];
    case 'string':
      return typeof value === 'string'
        ? explainText(schema, value, subject)
        : [mustBe(subject, 'text', colonHint(value, subject))];
    case 'integer':
      return typeof value === 'number' ? explainNumber(schema, value, subject) : [mustBe(subject, 'a whole number')];
    case 'boolean':
      return typeof value === 'boolean' ? [] : [mustBe(subject, 'true or false')];
    case 'null':
      return value === null ? [] : [mustBe(subject, 'empty')];
    default:
      return [];
  }
}

/** A reference into the parts of a recursive schema. The description of the place, if it has one, says more than the part's own. */
function explainPart({ $ref = '', $defs, description }: Schema, value: unknown, subject: Subject): readonly Misfit[] {
  const parts = { ...subject.parts, ...$defs };
  const part = parts[$ref] ?? {};
  return explainValue(description === undefined ? part : { ...part, description }, value, { ...subject, parts });
}

function explainUnion(
  schema: Schema,
  branches: readonly Schema[],
  value: unknown,
  subject: Subject,
): readonly Misfit[] {
  if (value === null && branches.some((branch) => branch.type === 'null')) return [];
  const choices = branches
    .map((branch) => (branch.$ref === undefined ? branch : (subject.parts[branch.$ref] ?? branch)))
    .filter((branch) => branch.type !== 'null');
  const only = choices.length === 1 ? choices[0] : undefined;
  let best: readonly Misfit[] | null = null;
  for (const branch of choices) {
    const misfits = explainValue(branch, value, subject);
    if (misfits.length === 0) return [];
    const isTelling = branch === only || takesKind(branch, value);
    if (isTelling && (best === null || misfits.length < best.length)) best = misfits;
  }
  return best ?? [mustBe(subject, schema.description ?? describeKinds(choices), colonHint(value, subject))];
}

/** An item of a list that YAML read as a mapping, because somebody wrote ": " in a line of text. */
function colonHint(value: unknown, { path }: Subject): { hint?: string } {
  if (!isMapping(value) || typeof path.at(-1) !== 'number' || Object.keys(value).length !== 1) return {};
  return { hint: 'put the line in quotes: its ": " makes a mapping of it' };
}

/** Whether a branch is at least about this kind of value, so that its own complaint is the useful one. */
function takesKind(schema: Schema, value: unknown): boolean {
  if (schema.anyOf !== undefined) return schema.anyOf.some((branch) => takesKind(branch, value));
  if (schema.$ref !== undefined) return takesKind(schema.$defs?.[schema.$ref] ?? {}, value);
  // A single word among other kinds is better told by the whole union.
  if (schema.const !== undefined) return false;
  if (schema.enum !== undefined) return typeof value === 'string';
  if (schema['x-float'] === true) return value instanceof YamlFloat;
  if (schema.type === 'object') return isMapping(value);
  if (schema.type === 'array') return Array.isArray(value);
  return schema.type === (typeof value === 'number' ? 'integer' : typeof value);
}

function describeKinds(branches: readonly Schema[]): string {
  const words: Record<string, string> = {
    object: 'a mapping',
    array: 'a list',
    string: 'text',
    integer: 'a whole number',
  };
  const kinds = branches.map((branch) => branch.description ?? words[branch.type ?? ''] ?? describeEnum(branch));
  return [...new Set(kinds)].join(' or ');
}

function describeEnum(schema: Schema): string {
  return schema.enum?.join(', ') ?? (schema.type === 'boolean' ? 'true or false' : JSON.stringify(schema.const));
}

function explainExactlyOne(schema: Schema, value: Mapping, subject: Subject): readonly Misfit[] {
  const known = schema['x-exactly-one'] ?? [];
  const unknown = Object.keys(value).filter((key) => !known.includes(key));
  if (unknown.length > 0) return unknown.map((key) => unknownKey(key, known, value, subject));
  const [key, ...more] = Object.keys(value);
  const branch = schema.anyOf?.find((candidate) => key !== undefined && candidate.properties?.[key] !== undefined);
  if (key === undefined || branch === undefined || more.length > 0) return [mustBe(subject, schema.description ?? '')];
  return explainMapping(branch, value, subject);
}

function explainEnum(words: readonly unknown[], value: unknown, subject: Subject): readonly Misfit[] {
  if (words.includes(value)) return [];
  const near = typeof value === 'string' ? didYouMean(value, words as readonly string[]) : {};
  const shown = words.length <= MAX_WORDS ? words.join(', ') : `${words.slice(0, MAX_WORDS).join(', ')}, …`;
  return [mustBe(subject, words.length === 1 ? shown : `one of ${shown}`, near)];
}

/** Of a longer list nobody reads the rest; the schema has it. */
const MAX_WORDS = 16;

function explainMapping(schema: Schema, value: Mapping, subject: Subject): readonly Misfit[] {
  const misfits: Misfit[] = [];
  const properties = schema.properties ?? {};
  const anyKey = Object.values(schema.patternProperties ?? {})[0];
  for (const key of schema.required ?? []) {
    if (!Object.hasOwn(value, key))
      misfits.push(misfit(subject, 'missing-key', `${pathOf(subject)} needs "${key}"`.trim()));
  }
  for (const key of Object.keys(value)) {
    const expected = Object.hasOwn(properties, key) ? properties[key] : anyKey;
    if (expected !== undefined) misfits.push(...explainValue(expected, value[key], inside(subject, value, key)));
    else if (schema.additionalProperties === false)
      misfits.push(unknownKey(key, Object.keys(properties), value, subject));
  }
  if (Object.keys(value).length < (schema.minProperties ?? 0))
    misfits.push(mustBe(subject, 'a mapping that is not empty'));
  return misfits;
}

function explainList(schema: Schema, value: readonly unknown[], subject: Subject): readonly Misfit[] {
  const { items, minItems = 0, maxItems = Number.POSITIVE_INFINITY } = schema;
  if (value.length < minItems)
    return [mustBe(subject, minItems === 1 ? 'a list that is not empty' : `a list of ${minItems} or more`)];
  if (value.length > maxItems) return [mustBe(subject, maxItems === 0 ? 'empty' : `a list of at most ${maxItems}`)];
  if (schema.uniqueItems && new Set(value).size < value.length) return [mustBe(subject, 'a list without repeats')];
  return items === undefined
    ? []
    : value.flatMap((item, index) => explainValue(items, item, inside(subject, value, index)));
}

function explainText(schema: Schema, value: string, subject: Subject): readonly Misfit[] {
  if (value.length < (schema.minLength ?? 0)) return [mustBe(subject, 'text that is not empty')];
  if (value.length > (schema.maxLength ?? value.length))
    return [mustBe(subject, `at most ${schema.maxLength} characters long`)];
  const fits = schema.pattern === undefined || new RegExp(schema.pattern, 'u').test(value);
  return fits ? [] : [mustBe(subject, schema.description ?? `text that matches ${schema.pattern}`)];
}

function explainNumber(schema: Schema, value: number, subject: Subject): readonly Misfit[] {
  const { minimum = value, maximum = value } = schema;
  if (Number.isInteger(value) && value >= minimum && value <= maximum) return [];
  if (schema.minimum !== undefined && schema.maximum !== undefined)
    return [mustBe(subject, `a number from ${minimum} to ${maximum}`)];
  return [mustBe(subject, schema.minimum === undefined ? `at most ${maximum}` : `at least ${minimum}`)];
}

function unknownKey(key: string, known: Iterable<string>, node: Mapping, subject: Subject): Misfit {
  const where = subject.path.length === 0 ? '' : ` in ${pathOf(subject)}`;
  const place = { node, key, part: 'key' } as const;
  return misfit(
    { ...inside(subject, node, key), place },
    'unknown-key',
    `unknown key "${key}"${where}`,
    hintForKey(key, known),
  );
}

function mustBe(subject: Subject, what: string, extra: { hint?: string } = {}): Misfit {
  return misfit(subject, 'bad-value', `${pathOf(subject)} must be ${what}`, extra);
}

function misfit(subject: Subject, code: string, message: string, extra: { hint?: string } = {}): Misfit {
  const path = [subject.rootPath, ...subject.path].filter((part) => part !== '').join('.');
  return {
    finding: { code, message: subject.name === '' ? message : `${subject.name}: ${message}`, path, ...extra },
    place: subject.place,
  };
}

function inside(subject: Subject, node: unknown, key: string | number): Subject {
  return { ...subject, path: [...subject.path, key], place: { node, key, part: 'value' } };
}

function pathOf(subject: Subject): string {
  return subject.path
    .map((part, index) => (typeof part === 'number' ? `[${part + 1}]` : `${index === 0 ? '' : '.'}${part}`))
    .join('');
}
