import Type, { type Static } from 'typebox';
import { YamlFloat } from '../yaml/compose/yaml-float.ts';

/** Floats are objects inside; the published schema calls them what they are to the reader: numbers. */
export const Float = Type.Refine(
  Type.Unsafe<YamlFloat>({ 'x-float': true }),
  (value) => value instanceof YamlFloat,
  () => 'must be a number',
);

export const Scalar = Type.Union([Type.String(), Type.Integer(), Type.Boolean(), Float], {
  description: 'text, a number, true or false',
});
export type Scalar = Static<typeof Scalar>;

/** Shell lines. Lists inside lists come from `!reference` and anchors; they are flattened later. */
export type NestedLines = string | readonly NestedLines[];
export const Lines = Type.Unsafe<NestedLines>(
  Type.Cyclic(
    {
      Lines: Type.Union([Type.String(), Type.Array(Type.Ref('Lines'))], { description: 'text or a list of texts' }),
    },
    'Lines',
  ),
);

/**
 * A list that GitLab flattens, because `!reference` brings lists into it: an item may be such a list again. `config` flattens it before anybody
 * looks, so its static type is flat. `name` is that of the list in the published schema.
 */
export function flattened<const T extends readonly Type.TSchema[]>(
  name: string,
  items: T,
  options: Type.TArrayOptions = {},
) {
  const list = Type.Array(Type.Union([...items, Type.Ref(name)]), options);
  return Type.Unsafe<readonly Exclude<Static<T[number]>, null>[]>(Type.Cyclic({ [name]: list }, name));
}

export const TextList = Type.Array(Type.String(), { description: 'a list of texts' });
export const TextOrList = Type.Union([Type.String(), TextList], { description: 'text or a list of texts' });

/** Seconds, or words such as `1h 30m`; the grammar is checked where the value is used. */
export const Duration = Type.Union([Type.String({ minLength: 1 }), Type.Integer({ minimum: 0 })], {
  description: 'a duration such as "1h 30m"',
});

/** An optional property. GitLab reads an empty value (`name:`) as if the key were not there. */
export function maybe<T extends Type.TSchema>(schema: T) {
  return Type.Optional(Type.Union([schema, Type.Null()]));
}

/** A mapping that refuses unknown keys. */
export function closed<T extends Type.TProperties>(properties: T, options: Type.TObjectOptions = {}) {
  return Type.Object(properties, { additionalProperties: false, ...options });
}

/** One of a few words. */
export function oneOf<const T extends readonly string[]>(...words: T) {
  return Type.Unsafe<T[number]>(Type.Enum([...words]));
}

/** A mapping from names to values of one shape. */
export function namesTo<T extends Type.TSchema>(schema: T, options: Type.TSchemaOptions = {}) {
  return Type.Record(Type.String(), schema, options);
}
