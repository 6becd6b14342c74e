import { type TProperties, type TSchema, Type } from 'typebox';

/** An answer: these fields and no others, so that a test finds what the reference does not say. */
export function answer<const P extends TProperties>(properties: P, description?: string) {
  return Type.Object(properties, {
    additionalProperties: false,
    ...(description === undefined ? {} : { description }),
  });
}

/** The same, of a thing that several routes show: clients that are made from the routes call it so, and have it once. @param title such as `Runner` */
export function shape<const P extends TProperties>(title: string, properties: P) {
  return Type.Object(properties, { additionalProperties: false, title });
}

export function nullable<const S extends TSchema>(schema: S, description?: string) {
  return Type.Union([schema, Type.Null()], description === undefined ? {} : { description });
}

export const ID = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
export const INSTANT = Type.String({ description: 'ISO 8601, UTC, with milliseconds' });
export const SECONDS = Type.Number({ description: 's' });

/** Of every route on a project: its number, or its path, encoded. */
export const PROJECT_PARAMS = { id: Type.String({ description: 'number of the project, or its path, encoded' }) };

export const USER = shape('User', {
  id: ID,
  username: Type.String(),
  name: Type.String(),
  state: Type.String(),
  avatar_url: Type.Null(),
  web_url: Type.String(),
});

export const COMMIT = shape('Commit', {
  id: Type.String(),
  short_id: Type.String(),
  title: Type.String(),
  message: Type.String(),
  author_name: Type.String(),
  author_email: Type.String(),
  authored_date: Type.String(),
  committer_name: Type.String(),
  committer_email: Type.String(),
  committed_date: Type.String(),
  created_at: Type.String(),
  parent_ids: Type.Array(Type.String()),
  web_url: Type.String(),
});

/** What a route of a list takes to page by key instead of by number. */
export const KEYSET = {
  pagination: Type.Optional(Type.Enum(['keyset', 'offset', 'legacy'])),
  cursor: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description: 'from `Link`' })),
};

/** Text that both databases take. @param longest characters */
export function words(longest: number) {
  return Type.String({ maxLength: longest, pattern: '^[^\\u0000]*$' });
}
