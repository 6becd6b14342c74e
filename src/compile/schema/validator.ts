import type { TSchema } from 'typebox';
import { type Check, compileCheck } from './compile-check.ts';
import type { Schema } from './schema-words.ts';

/** Compiled once per process and only when a file uses the keyword: small files must not pay for forty keywords. */
const compiled = new Map<TSchema, Check>();

function compiledCheck(schema: TSchema): Check {
  let check = compiled.get(schema);
  if (check === undefined) {
    check = compileCheck(schema as Schema);
    compiled.set(schema, check);
  }
  return check;
}

/** Shape checks of one compile. */
export interface ShapeChecks {
  passes(schema: TSchema, value: unknown): boolean;
  /** What `check` found in a template, which many jobs share. */
  once(template: object, check: () => readonly string[]): readonly string[];
  /** Whether a value of this schema was met. */
  met(schema: TSchema): boolean;
}

export function createShapeChecks(): ShapeChecks {
  const used = new Map<TSchema, Check>();
  const templates = new Map<object, readonly string[]>();
  return {
    passes(schema, value) {
      let check = used.get(schema);
      if (check === undefined) {
        check = compiledCheck(schema);
        used.set(schema, check);
      }
      return check(value);
    },
    once(template, check) {
      let found = templates.get(template);
      if (found === undefined) {
        found = check();
        templates.set(template, found);
      }
      return found;
    },
    met: (schema) => used.has(schema),
  };
}
