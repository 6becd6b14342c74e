import type { TSchema } from 'typebox';

/** The part of JSON Schema that routes use. */
interface Schema {
  readonly title?: string;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

const PRIMITIVES: Readonly<Record<string, string>> = {
  string: 'string',
  integer: 'number',
  number: 'number',
  boolean: 'boolean',
  null: 'null',
};

/** JSON schemas as TypeScript types. One with a title becomes an interface of that name, written once, and is then called by it. */
export class SchemaPrinter {
  readonly #named = new Map<string, string>();

  print(schema: TSchema | Schema): string {
    return this.#print(schema as Schema);
  }

  /** Those of the schemas printed so far, by name. */
  interfaces(): readonly string[] {
    return [...this.#named].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text);
  }

  #print(schema: Schema): string {
    const { title, properties } = schema;
    if (title === undefined || properties === undefined || !/^[A-Z]\w*$/.test(title)) return this.#printWhole(schema);
    if (!this.#named.has(title)) {
      this.#named.set(title, '');
      this.#named.set(title, `export interface ${title} {\n  ${this.#fields(schema).join('\n  ')}\n}`);
    }
    return title;
  }

  #printWhole(schema: Schema): string {
    const { type, items, anyOf, properties, patternProperties } = schema;
    if (schema.const !== undefined) return literal(schema.const);
    if (schema.enum !== undefined) return schema.enum.map(literal).join(' | ');
    if (anyOf !== undefined) return anyOf.map((one) => this.#print(one)).join(' | ');
    if (type === 'array') return `readonly (${items === undefined ? 'unknown' : this.#print(items)})[]`;
    if (properties !== undefined) {
      const fields = this.#fields(schema);
      return fields.length === 0 ? 'Readonly<Record<string, never>>' : `{ ${fields.join(' ')} }`;
    }
    if (patternProperties !== undefined) {
      const values = Object.values(patternProperties).map((one) => this.#print(one));
      return `Readonly<Record<string, ${values.join(' | ')}>>`;
    }
    return PRIMITIVES[type ?? ''] ?? 'unknown';
  }

  #fields({ properties = {}, required = [] }: Schema): readonly string[] {
    return Object.entries(properties).map(([name, schema]) => {
      const key = /^\w+$/.test(name) ? name : JSON.stringify(name);
      return `readonly ${key}${required.includes(name) ? '' : '?'}: ${this.#print(schema)};`;
    });
  }
}

function literal(value: unknown): string {
  return typeof value === 'string' ? `'${value.replaceAll("'", "\\'")}'` : JSON.stringify(value);
}
