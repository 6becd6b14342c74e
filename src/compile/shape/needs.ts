import Type, { type Static } from 'typebox';
import { closed, flattened, maybe, namesTo } from './scalars.ts';

const MatrixValue = Type.Union([Type.String(), Type.Integer()], { description: 'text or a whole number' });

/** At least one set of variables, each with one value or several. A variable without values makes no job. */
export const Matrix = Type.Array(
  namesTo(
    Type.Union([MatrixValue, Type.Array(MatrixValue)], { description: 'text, a whole number or a list of them' }),
    { minProperties: 1 },
  ),
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

const NeedName = Type.String({ minLength: 1 });
const NeedMappings = [NeedJob, NeedProject, NeedPipelineJob, NeedPipeline] as const;
export type NeedItem = Static<typeof NeedName | (typeof NeedMappings)[number]>;

const options = { description: 'a list of job names or of needs' };

/** A lone mapping counts as a list of one, and nothing (`-`) as no item. */
export const Needs = Type.Unsafe<readonly NeedItem[]>(
  Type.Union([flattened('Needs', [NeedName, ...NeedMappings, Type.Null()], options), ...NeedMappings], options),
);

/** `rules:needs` knows jobs of the same pipeline only. */
export const RuleNeeds = Type.Unsafe<readonly (string | NeedJob)[]>(
  Type.Union([flattened('RuleNeeds', [NeedName, NeedJob, Type.Null()], options), NeedJob], options),
);
export type RuleNeeds = Static<typeof RuleNeeds>;
