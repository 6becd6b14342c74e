import { YamlFloat } from '../yaml/compose/yaml-float.ts';
import { isMapping } from '../yaml/mapping.ts';
import type { Schema } from './schema-words.ts';

export type Check = (value: unknown) => boolean;

/** Checks of the named parts of a recursive schema, made when they are first needed. */
type Parts = ReadonlyMap<string, () => Check>;

/**
 * Makes a function of a schema. TypeBox's own compiled checks say the same (a test compares them) but list the keys of every mapping anew: with
 * them this step took four times as long and five times the memory, and loading them took 100 ms of every start.
 */
export function compileCheck(schema: Schema, outer: Parts = new Map()): Check {
  const parts = schema.$defs === undefined ? outer : namedParts(schema.$defs, outer);
  if (schema.$ref !== undefined) return refer(schema.$ref, parts);
  if (schema['x-float'] === true) return (value) => value instanceof YamlFloat;
  if (schema.anyOf !== undefined) return checkUnion(schema.anyOf.map((branch) => compileCheck(branch, parts)));
  if (schema.const !== undefined) return (value) => value === schema.const;
  if (schema.enum !== undefined) return checkEnum(schema.enum);
  switch (schema.type) {
    case 'object':
      return checkMapping(schema, parts);
    case 'array':
      return checkList(schema, parts);
    case 'string':
      return checkText(schema);
    case 'integer':
      return checkInteger(schema);
    case 'boolean':
      return (value) => typeof value === 'boolean';
    case 'null':
      return (value) => value === null;
    default:
      return () => true;
  }
}

function namedParts(definitions: Readonly<Record<string, Schema>>, outer: Parts): Parts {
  const parts = new Map(outer);
  for (const [name, schema] of Object.entries(definitions)) {
    let check: Check | undefined;
    parts.set(name, () => (check ??= compileCheck(schema, parts)));
  }
  return parts;
}

function refer(name: string, parts: Parts): Check {
  const part = parts.get(name);
  return (value) => part === undefined || part()(value);
}

function checkUnion(branches: readonly Check[]): Check {
  const [first, second] = branches;
  if (first !== undefined && second !== undefined && branches.length === 2)
    return (value) => first(value) || second(value);
  return (value) => {
    for (const branch of branches) if (branch(value)) return true;
    return false;
  };
}

function checkEnum(words: readonly unknown[]): Check {
  const known = new Set(words);
  return (value) => known.has(value);
}

function checkMapping(schema: Schema, parts: Parts): Check {
  const properties = new Map(
    Object.entries(schema.properties ?? {}).map(([key, property]) => [key, compileCheck(property, parts)]),
  );
  const [any] = Object.values(schema.patternProperties ?? {});
  const otherwise = any === undefined ? undefined : compileCheck(any, parts);
  const isClosed = schema.additionalProperties === false;
  const { required = [], minProperties = 0 } = schema;
  return (value) => {
    if (!isMapping(value)) return false;
    let count = 0;
    for (const key in value) {
      count++;
      const check = properties.get(key) ?? otherwise;
      if (check === undefined ? isClosed : !check(value[key])) return false;
    }
    for (const key of required) if (!Object.hasOwn(value, key)) return false;
    return count >= minProperties;
  };
}

function checkList({ items, minItems = 0, maxItems, uniqueItems }: Schema, parts: Parts): Check {
  const check = items === undefined ? undefined : compileCheck(items, parts);
  return (value) => {
    if (!Array.isArray(value) || value.length < minItems) return false;
    if (maxItems !== undefined && value.length > maxItems) return false;
    if (check !== undefined) for (const item of value) if (!check(item)) return false;
    return uniqueItems !== true || new Set(value).size === value.length;
  };
}

function checkText({ minLength = 0, maxLength, pattern }: Schema): Check {
  const regex = pattern === undefined ? undefined : new RegExp(pattern, 'u');
  return (value) => {
    if (typeof value !== 'string' || value.length < minLength) return false;
    if (maxLength !== undefined && value.length > maxLength) return false;
    return regex === undefined || regex.test(value);
  };
}

function checkInteger({ minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY }: Schema): Check {
  return (value) => Number.isInteger(value) && (value as number) >= minimum && (value as number) <= maximum;
}
