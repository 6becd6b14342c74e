import Type, { type Static } from 'typebox';
import { closed, maybe, namesTo, oneOf } from './scalars.ts';

const InputSpecification = closed({
  type: maybe(oneOf('string', 'number', 'boolean', 'array')),
  description: maybe(Type.String({ maxLength: 1024 })),
  default: Type.Optional(Type.Unknown()),
  options: maybe(Type.Array(Type.Unknown(), { minItems: 1, maxItems: 50 })),
  regex: maybe(Type.String()),
  rules: maybe(Type.Unknown()),
});

/** The header of a file: what may be put into it from outside. */
export const Spec = closed(
  {
    inputs: maybe(namesTo(Type.Union([InputSpecification, Type.Null()]))),
    component: maybe(Type.Unknown()),
    include: maybe(Type.Unknown()),
  },
  { description: 'a mapping with inputs' },
);
export type SpecConfig = Static<typeof Spec>;
export type InputConfig = Static<typeof InputSpecification>;
