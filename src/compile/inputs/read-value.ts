import { LIMITS } from '../limits.ts';
import { YamlFloat } from '../yaml/compose/yaml-float.ts';
import type { InputType } from './input-spec.ts';

/**
 * A value as an input of this type takes it; undefined: it is of another type. Text from a push option or a form may stand for a number, a boolean or a
 * list: it is read as JSON. For a text it always is what it says, so `-o ci.input=version=1.10` stays 1.10.
 */
export function readValue(type: InputType, given: unknown): unknown {
  const value = type !== 'string' && typeof given === 'string' ? parseText(given) : given;
  return IS_OF[type](value) ? asInFile(value, 0) : undefined;
}

const IS_OF: Readonly<Record<InputType, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number' || value instanceof YamlFloat,
  boolean: (value) => typeof value === 'boolean',
  array: Array.isArray,
};

function parseText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What stands in a file has its floats apart already. @returns undefined where it is nested too deeply */
function asInFile(value: unknown, depth: number): unknown {
  if (depth > LIMITS.yamlDepth) return undefined;
  if (typeof value === 'number') return Number.isInteger(value) ? value : new YamlFloat(value);
  if (typeof value !== 'object' || value === null || value instanceof YamlFloat) return value;
  const isList = Array.isArray(value);
  if (!isList && Object.getPrototypeOf(value) !== Object.prototype) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, asInFile(item, depth + 1)] as const);
  if (entries.some(([, item]) => item === undefined)) return undefined;
  if (!isList) return Object.assign(Object.fromEntries(entries), symbolsOf(value));
  return Object.assign(
    entries.map(([, item]) => item),
    symbolsOf(value),
  );
}

/** Positions, for problems about a value that stands in a file. */
function symbolsOf(value: object): object {
  return Object.fromEntries(Object.getOwnPropertySymbols(value).map((key) => [key, Reflect.get(value, key)]));
}
