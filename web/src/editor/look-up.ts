/** A JSON schema, as much of it as that of a CI file uses. */
export interface Schema {
  readonly $ref?: string;
  readonly anyOf?: readonly Schema[];
  readonly type?: string;
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly definitions?: Readonly<Record<string, Schema>>;
}

/** What may stand at a place: every alternative, references followed. Empty: nothing is known of it. */
export function lookUp(root: Schema, path: readonly string[]): readonly Schema[] {
  let here = expand(root, [root]);
  for (const name of path) {
    here = expand(
      root,
      here.flatMap((schema) => stepInto(schema, name)),
    );
  }
  return here;
}

/** The keys that one may write there, and what is below each. */
export function keysOf(root: Schema, path: readonly string[]): ReadonlyMap<string, readonly Schema[]> {
  const keys = new Map<string, readonly Schema[]>();
  for (const { properties = {} } of lookUp(root, path)) {
    for (const [name, below] of Object.entries(properties)) {
      keys.set(name, [...(keys.get(name) ?? []), ...expand(root, [below])]);
    }
  }
  return keys;
}

/** The words that are values there. */
export function valuesOf(root: Schema, path: readonly string[]): readonly string[] {
  return [...new Set(lookUp(root, path).flatMap(wordsOf))];
}

/** What may be written, in a line: `true, false or a map of when, exit_codes`. */
export function describe(schemas: readonly Schema[]): string {
  const words = [...new Set(schemas.flatMap(wordsOf))].slice(0, 12);
  const others = schemas.flatMap(({ type, properties, description, ...rest }) => {
    if (description !== undefined) return [description];
    if (wordsOf({ ...rest, ...(type === undefined ? {} : { type }) }).length > 0) return [];
    if (properties !== undefined) return [`a map of ${Object.keys(properties).slice(0, 12).join(', ')}`];
    return type === undefined || type === 'null' ? [] : [KINDS[type] ?? type];
  });
  return [...new Set([...words, ...others])].join(' · ');
}

const KINDS: Readonly<Record<string, string>> = {
  array: 'a list',
  integer: 'a whole number',
  number: 'a number',
  object: 'a map',
  string: 'text',
};

function wordsOf({ enum: words = [], const: word, type }: Schema): readonly string[] {
  const all = [...words, ...(word === undefined ? [] : [word]), ...(type === 'boolean' ? [true, false] : [])];
  return all.filter((each) => each !== null && typeof each !== 'object').map(String);
}

function stepInto(schema: Schema, name: string): readonly Schema[] {
  const { properties = {}, patternProperties = {}, additionalProperties: others, items } = schema;
  // A list in a list is flattened where the schema refers to itself; a single item may stand for the list.
  if (name === '*') return items === undefined ? [] : [items];
  if (Object.hasOwn(properties, name)) return properties[name] === undefined ? [] : [properties[name]];
  const fitting = Object.entries(patternProperties).filter(([pattern]) => new RegExp(pattern, 'u').test(name));
  if (fitting.length > 0) return fitting.map(([, below]) => below);
  return typeof others === 'object' ? [others] : [];
}

function expand(root: Schema, schemas: readonly Schema[]): readonly Schema[] {
  const seen = new Set<Schema>();
  const left = [...schemas];
  const found: Schema[] = [];
  for (let next = left.shift(); next !== undefined; next = left.shift()) {
    if (seen.has(next)) continue;
    seen.add(next);
    const named = next.$ref === undefined ? undefined : root.definitions?.[next.$ref.replace('#/definitions/', '')];
    if (named !== undefined) left.push(named);
    left.push(...(next.anyOf ?? []));
    if (next.$ref === undefined && next.anyOf === undefined) found.push(next);
  }
  return found;
}
