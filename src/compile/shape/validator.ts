import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';

type Check = (value: unknown) => boolean;

/** Compiled once per process and only when a file uses the keyword: small files must not pay for forty keywords. */
const compiled = new Map<TSchema, Check>();

function compiledCheck(schema: TSchema): Check {
  let check = compiled.get(schema);
  if (check === undefined) {
    const validator = Compile(schema);
    check = (value) => validator.Check(value);
    compiled.set(schema, check);
  }
  return check;
}

/** Shape checks of one compile. */
export interface ShapeChecks {
  passes(schema: TSchema, value: unknown): boolean;
  /** For values that many jobs inherit from one template: a list or mapping that passed is not looked at again. */
  passesShared(schema: TSchema, value: unknown): boolean;
  /** Whether a value of this schema was met. */
  met(schema: TSchema): boolean;
}

export function createShapeChecks(): ShapeChecks {
  const passed = new Map<TSchema, Set<unknown>>();
  const valuesOf = (schema: TSchema) => {
    let values = passed.get(schema);
    if (values === undefined) {
      values = new Set();
      passed.set(schema, values);
    }
    return values;
  };
  return {
    passes(schema, value) {
      valuesOf(schema);
      return compiledCheck(schema)(value);
    },
    passesShared(schema, value) {
      const values = valuesOf(schema);
      if (values.has(value)) return true;
      if (!compiledCheck(schema)(value)) return false;
      values.add(value);
      return true;
    },
    met: (schema) => passed.has(schema),
  };
}
