import type { TSchema } from 'typebox';
import { DEFAULT_KEYWORDS, JOB_KEYWORDS } from '../shape/job.ts';
import { ROOT_KEYWORDS } from '../shape/root.ts';

type Json = { readonly [key: string]: unknown };

/**
 * The JSON schema (draft-07) of a CI file, for editors: the very schemas that the compiler checks with. It says what each value may look
 * like; what values say about each other (unknown stages, needs in a circle, …) only the compiler knows.
 */
export function jsonSchema(): Json {
  const definitions: Record<string, unknown> = {};
  const properties = (keywords: Readonly<Record<string, TSchema>>) =>
    Object.fromEntries(Object.entries(keywords).map(([key, schema]) => [key, publish(orEmpty(schema), definitions)]));
  const job = { type: 'object', additionalProperties: false, properties: properties(JOB_KEYWORDS) };
  const defaults = { type: 'object', additionalProperties: false, properties: properties(DEFAULT_KEYWORDS) };
  const root = properties(ROOT_KEYWORDS);
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'GitLab CI file, as Epilogue reads it',
    type: 'object',
    properties: { spec: {}, default: defaults, ...root },
    patternProperties: { '^\\.': TEMPLATE },
    additionalProperties: { $ref: '#/definitions/job' },
    definitions: { job, ...definitions },
  };
}

/** Templates start with a dot and may hold anything but nothing. */
const TEMPLATE: Json = {
  not: { enum: [null, false, '', [], {}] },
};

/** An empty value counts as absent everywhere. */
function orEmpty(schema: TSchema): Json {
  return { anyOf: [schema, { type: 'null' }] };
}

/** Turns TypeBox's way of writing into draft-07: parts of recursive schemas become definitions, our own marks go. */
function publish(schema: unknown, definitions: Record<string, unknown>): unknown {
  if (Array.isArray(schema)) return schema.map((item) => publish(item, definitions));
  if (typeof schema !== 'object' || schema === null) return schema;
  const { $defs, $id, ...rest } = schema as Json;
  if (rest['x-float'] === true) return { type: 'number' };
  for (const [name, part] of Object.entries(($defs ?? {}) as Json)) definitions[name] = publish(part, definitions);
  const published: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(rest)) {
    if (key.startsWith('x-') || key.startsWith('~')) continue;
    published[key] = key === '$ref' ? `#/definitions/${value}` : publish(value, definitions);
  }
  return published;
}
