import { type Static, Type } from 'typebox';
import { CLEANUPS } from './cleanup.ts';
import { answer, ID, INSTANT, nullable, SECONDS, USER } from './common.ts';
import { BASIC_PIPELINE, PIPELINE, STATUS } from './pipeline.ts';

/** What a line of a list says of a pipeline. */
export const PIPELINE_ROW = answer({
  ...BASIC_PIPELINE.properties,
  version: Type.Integer({ description: 'grows with every change' }),
  title: Type.String({ description: 'first line of the commit' }),
  tag: Type.Boolean(),
  yaml_errors: nullable(Type.String()),
  user: nullable(USER),
  started_at: nullable(INSTANT),
  finished_at: nullable(INSTANT),
  stages: Type.Array(
    answer({
      name: Type.String(),
      jobs: Type.Array(answer({ status: STATUS, allow_failure: Type.Boolean(), count: Type.Integer() })),
    }),
    { description: 'in order; jobs without those that were retried' },
  ),
  teardown: PIPELINE.properties.teardown,
  cleaning_up: nullable(
    answer({
      jobs: Type.Integer({ description: 'in teardown, those of its children counted' }),
      deadline: nullable(
        INSTANT,
        'the latest of them: when the coordinator ends the last one, whatever its runner does',
      ),
    }),
  ),
  cleanups: CLEANUPS,
  expected_duration: nullable(SECONDS, 'median of the last ten of its ref that succeeded, else of its project'),
});
export type PipelineRow = Static<typeof PIPELINE_ROW>;

/** The event of a list that is watched. */
export const PIPELINE_ROWS = answer({
  order: Type.Array(ID, { description: 'of all that are on this page' }),
  rows: Type.Array(PIPELINE_ROW, { description: 'those that are new or changed since the event before' }),
  has_more: Type.Boolean({ description: 'there is a page after this one' }),
  now: INSTANT,
});
