/** As much of JSON Schema as our own schemas use. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

export interface Field {
  readonly name: string;
  readonly type: string;
  readonly note: readonly string[];
}

/** Nesting that is written out; what lies deeper is named by its type alone. */
const DEEPEST = 2;

/** A schema in words: its type, and the fields of it or of its items, nested ones as `user.id` and `artifacts[].size`. */
export function fieldsOf(schema: Schema | undefined): { readonly type: string; readonly fields: readonly Field[] } {
  if (schema === undefined) return { type: 'null', fields: [] };
  return { type: typeOf(schema), fields: list(schema, '', 0) };
}

function list(schema: Schema, prefix: string, depth: number): readonly Field[] {
  const own = objectIn(schema);
  if (own === null || depth > DEEPEST) return [];
  return Object.entries(own.properties ?? {}).flatMap(([name, property]) => {
    const path = `${prefix}${name}`;
    const isRequired = own.required?.includes(name) === true;
    const note = [isRequired ? '' : 'optional', property.description ?? ''];
    const isList = property.type === 'array';
    return [
      { name: path, type: typeOf(property), note },
      ...list(property, `${path}${isList ? '[]' : ''}.`, depth + 1),
    ];
  });
}

/** The object that a schema is, has as items, or is unless it is null. */
function objectIn(schema: Schema): Schema | null {
  if (schema.properties !== undefined) return schema;
  if (schema.items !== undefined) return objectIn(schema.items);
  for (const each of schema.anyOf ?? []) {
    const found = objectIn(each);
    if (found !== null) return found;
  }
  return null;
}

function typeOf(schema: Schema): string {
  if (schema.enum !== undefined) return schema.enum.map(String).join(' | ');
  if (schema.const !== undefined) return String(schema.const);
  if (schema.anyOf !== undefined) return [...new Set(schema.anyOf.map(typeOf))].join(' or ');
  if (schema.items !== undefined) return `list of ${typeOf(schema.items)}`;
  return typeof schema.type === 'string' ? schema.type : (schema.type?.join(' or ') ?? 'anything');
}
