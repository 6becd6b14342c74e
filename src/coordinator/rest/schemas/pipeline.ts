import { type Static, Type } from 'typebox';
import { STATUSES } from '../../../protocol/index.ts';
import { PIPELINE_DEEDS } from '../may.ts';
import { CLEANUPS } from './cleanup.ts';
import { answer, ID, INSTANT, nullable, SECONDS, shape, USER } from './common.ts';

export const STATUS = Type.Enum([...STATUSES]);

const BASIC = {
  id: ID,
  iid: ID,
  project_id: ID,
  sha: Type.String(),
  ref: Type.String(),
  status: STATUS,
  source: Type.String(),
  created_at: INSTANT,
  updated_at: INSTANT,
  web_url: Type.String(),
  name: nullable(Type.String()),
};

export const BASIC_PIPELINE = shape('BasicPipeline', BASIC);
export type BasicPipeline = Static<typeof BASIC_PIPELINE>;

const DETAILED_STATUS = answer({
  icon: Type.String(),
  text: Type.String(),
  label: Type.String(),
  group: Type.String(),
  tooltip: Type.String(),
  has_details: Type.Boolean(),
  details_path: Type.String(),
  illustration: Type.Null(),
  favicon: Type.Null(),
});

export const PIPELINE = shape('Pipeline', {
  ...BASIC,
  before_sha: Type.String(),
  tag: Type.Boolean(),
  yaml_errors: nullable(Type.String()),
  user: nullable(USER),
  started_at: nullable(INSTANT),
  finished_at: nullable(INSTANT),
  committed_at: nullable(INSTANT),
  duration: nullable(SECONDS, 's in which at least one of its jobs ran'),
  queued_duration: nullable(SECONDS),
  coverage: nullable(Type.String()),
  detailed_status: DETAILED_STATUS,
  archived: Type.Boolean(),
  protected: Type.Boolean(),
  version: Type.Integer({ description: 'grows with every change' }),
  teardown: nullable(
    answer({
      cause: Type.String(),
      requested_by: Type.String(),
      requested_at: INSTANT,
      forced_by: nullable(Type.String(), 'who cut its teardowns short'),
      forced_at: nullable(INSTANT),
    }),
    'null: nobody cancelled it',
  ),
  cleanups: CLEANUPS,
  title: Type.String({ description: 'first line of the commit' }),
  parent: nullable(answer({ pipeline_id: ID, job_id: nullable(ID) }), 'that started it; null: none did'),
  at_stake: Type.Optional(
    answer(
      {
        cleanups: Type.Integer({ description: 'owed, and not ended' }),
        teardowns: Type.Integer({ description: 'jobs in teardown' }),
      },
      'of `GET` of this one alone: what a force would cut short, all pipelines below it counted',
    ),
  ),
  expected_duration: Type.Optional(nullable(SECONDS, 'as lists say it')),
  may: Type.Optional(
    Type.Array(Type.Enum([...PIPELINE_DEEDS]), {
      description: 'of `GET` of this one alone: what who asks may do with it and its jobs, whatever state they are in',
    }),
  ),
});
export type FullPipeline = Static<typeof PIPELINE>;

export const PIPELINE_VARIABLE = shape('PipelineVariable', {
  key: Type.String(),
  value: Type.String(),
  variable_type: Type.Enum(['env_var', 'file']),
  raw: Type.Boolean(),
});

/** As whoever starts a pipeline writes one. */
export const GIVEN_VARIABLE = Type.Object({
  key: Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]*$', maxLength: 255 }),
  value: Type.String(),
  variable_type: Type.Optional(Type.Enum(['env_var', 'file'])),
});
