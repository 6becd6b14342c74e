import Type, { type Static } from 'typebox';
import { closed, maybe, namesTo, Scalar } from './scalars.ts';

/** At least one set of variables, each with one value or several. */
export const Matrix = Type.Array(
  namesTo(Type.Union([Scalar, Type.Array(Scalar, { minItems: 1 })]), { minProperties: 1 }),
  {
    minItems: 1,
    maxItems: 200,
  },
);
export type Matrix = Static<typeof Matrix>;

export const Parallel = Type.Union([Type.Integer({ minimum: 1, maximum: 200 }), closed({ matrix: Matrix })], {
  description: 'a number from 1 to 200, or a matrix',
});

/** A job of the same pipeline. */
export const NeedJob = closed({
  job: Type.String({ minLength: 1 }),
  artifacts: maybe(Type.Boolean()),
  optional: maybe(Type.Boolean()),
  parallel: maybe(closed({ matrix: Matrix })),
});
export type NeedJob = Static<typeof NeedJob>;

const NeedProject = closed({
  project: Type.String({ minLength: 1 }),
  job: Type.String({ minLength: 1 }),
  ref: Type.String({ minLength: 1 }),
  artifacts: maybe(Type.Boolean()),
});
const NeedPipelineJob = closed({
  pipeline: Type.String({ minLength: 1 }),
  job: Type.String({ minLength: 1 }),
  artifacts: maybe(Type.Boolean()),
});
const NeedPipeline = closed({ pipeline: Type.String({ minLength: 1 }), optional: maybe(Type.Boolean()) });

export const NeedItem = Type.Union([
  Type.String({ minLength: 1 }),
  NeedJob,
  NeedProject,
  NeedPipelineJob,
  NeedPipeline,
]);
export type NeedItem = Static<typeof NeedItem>;

/** A lone mapping is `needs: {pipeline: …}`. */
export const Needs = Type.Union([Type.Array(NeedItem), NeedPipelineJob, NeedPipeline], {
  description: 'a list of job names or of needs',
});

/** `rules:needs` knows jobs of the same pipeline only. */
export const RuleNeeds = Type.Array(
  Type.Union([
    Type.String({ minLength: 1 }),
    closed({
      job: Type.String({ minLength: 1 }),
      artifacts: maybe(Type.Boolean()),
      optional: maybe(Type.Boolean()),
      parallel: maybe(closed({ matrix: Matrix })),
    }),
  ]),
);
export type RuleNeeds = Static<typeof RuleNeeds>;
