import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';

type Check = (value: unknown) => boolean;

/** Compiled once per process and only when a file uses the keyword: small files must not pay for forty keywords. */
const compiled = new WeakMap<TSchema, Check>();

function compiledCheck(schema: TSchema): Check {
  const known = compiled.get(schema);
  if (known) return known;
  const validator = Compile(schema);
  const check: Check = (value) => validator.Check(value);
  compiled.set(schema, check);
  return check;
}

/**
 * Checks of one compile. Lists and mappings that passed are remembered: what thousands of jobs inherit from one template is one object,
 * and is looked at once.
 */
export interface ShapeChecks {
  passes(schema: TSchema, value: unknown): boolean;
}

export function createShapeChecks(): ShapeChecks {
  const passed = new Map<TSchema, { readonly check: Check; readonly values: Set<unknown> }>();
  return {
    passes(schema, value) {
      let known = passed.get(schema);
      if (known === undefined) {
        known = { check: compiledCheck(schema), values: new Set() };
        passed.set(schema, known);
      }
      if (typeof value !== 'object') return known.check(value);
      if (known.values.has(value)) return true;
      if (!known.check(value)) return false;
      known.values.add(value);
      return true;
    },
  };
}
