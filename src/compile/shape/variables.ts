import Type, { type Static } from 'typebox';
import { closed, maybe, namesTo, Scalar } from './scalars.ts';

/** `NAME:` without a value is an empty variable. */
const EMPTY_OR_SCALAR = [Type.Null(), Scalar] as const;

/** Root variables may carry what a form needs to ask for them. */
export const RootVariables = namesTo(
  Type.Union([
    ...EMPTY_OR_SCALAR,
    closed({
      value: maybe(Scalar),
      description: maybe(Type.String()),
      options: maybe(Type.Array(Scalar, { minItems: 1 })),
      expand: maybe(Type.Boolean()),
    }),
  ]),
);
export type RootVariables = Static<typeof RootVariables>;

export const JobVariables = namesTo(
  Type.Union([...EMPTY_OR_SCALAR, closed({ value: maybe(Scalar), expand: maybe(Type.Boolean()) })]),
);
export type JobVariables = Static<typeof JobVariables>;

/** Variables of a rule: values only. */
export const RuleVariables = namesTo(Type.Union([...EMPTY_OR_SCALAR]));
export type RuleVariables = Static<typeof RuleVariables>;
