import { type Static, Type } from 'typebox';
import { STUCK_REASONS } from '../../runners/runner-at-work.ts';
import { JOB_DEEDS } from '../may.ts';
import { CLEANUP, PHASE, TEARDOWN } from './cleanup.ts';
import { answer, COMMIT, ID, INSTANT, nullable, SECONDS, shape, USER } from './common.ts';
import { BASIC_PIPELINE, STATUS } from './pipeline.ts';
import { RUNNER, RUNNER_MANAGER } from './runner.ts';

const SCHEDULED_AT = nullable(INSTANT, 'when a delayed job starts by itself; null: it is none that waits for that');
const FAILURE_REASON = Type.Optional(Type.String({ description: 'only of a job that failed' }));

const BASE = {
  id: ID,
  status: STATUS,
  stage: Type.String(),
  name: Type.String(),
  ref: Type.String(),
  tag: Type.Boolean(),
  coverage: nullable(Type.Number()),
  allow_failure: Type.Boolean(),
  created_at: INSTANT,
  started_at: nullable(INSTANT),
  scheduled_at: SCHEDULED_AT,
  finished_at: nullable(INSTANT),
  erased_at: nullable(INSTANT),
  duration: nullable(SECONDS),
  queued_duration: nullable(SECONDS),
  user: nullable(USER),
  commit: COMMIT,
  pipeline: BASIC_PIPELINE,
  failure_reason: FAILURE_REASON,
  web_url: Type.String(),
  project: answer({ ci_job_token_scope_enabled: Type.Boolean() }),
  phase: PHASE,
  teardown: TEARDOWN,
  cleanup: CLEANUP,
  budgets: nullable(
    answer({
      job: Type.Number({ description: 's, until the script is to be over' }),
      script: nullable(SECONDS, 's, of all steps together; null: `job` alone bounds them'),
      stop: Type.Number({ description: 's, from TERM to KILL' }),
      cleanup: Type.Number({ description: 's, for after_script' }),
      save: Type.Number({ description: 's, for cache, artifacts and the end of the log' }),
    }),
    'null: no runner has it, or had',
  ),
  may: Type.Optional(
    Type.Array(Type.Enum([...JOB_DEEDS]), {
      description: 'of `GET` of this one alone: what who asks may do with it, whatever state it is in',
    }),
  ),
};

export const JOB = shape('Job', {
  ...BASE,
  artifacts_file: Type.Optional(answer({ filename: Type.String(), size: Type.Integer() })),
  artifacts: Type.Array(
    answer({
      file_type: Type.String(),
      size: Type.Integer(),
      filename: Type.String(),
      file_format: nullable(Type.String()),
    }),
  ),
  runner: nullable(RUNNER),
  runner_manager: nullable(RUNNER_MANAGER),
  artifacts_expire_at: nullable(INSTANT),
  archived: Type.Boolean(),
  tag_list: Type.Array(Type.String()),
  attempt: Type.Integer({ description: 'hand-outs to a runner so far' }),
  stuck: nullable(
    answer({ reason: Type.Enum([...STUCK_REASONS]), message: Type.String() }),
    'why a pending job will wait on; null: it does not wait for a runner, or one may take it',
  ),
});
export type FullJob = Static<typeof JOB>;

export const BRIDGE = shape('Bridge', { ...BASE, downstream_pipeline: nullable(BASIC_PIPELINE) });
export type Bridge = Static<typeof BRIDGE>;

export const BRIEF_JOB = shape('BriefJob', {
  id: ID,
  name: Type.String(),
  stage: Type.String(),
  kind: Type.Enum(['job', 'bridge']),
  status: STATUS,
  allow_failure: Type.Boolean(),
  retried: Type.Boolean(),
  position: Type.Integer({ description: 'in the plan, from 0: what `graph` calls it; a retry has the same' }),
  downstream_pipeline_id: nullable(ID, 'of a trigger job: the pipeline that it started'),
  started_at: nullable(INSTANT),
  finished_at: nullable(INSTANT),
  duration: nullable(SECONDS, 'so far, while it goes on'),
  scheduled_at: SCHEDULED_AT,
  failure_reason: FAILURE_REASON,
  phase: PHASE,
  teardown: TEARDOWN,
  cleanup: CLEANUP,
});

export const JOB_RUN = shape('JobRun', {
  id: ID,
  status: STATUS,
  retried: Type.Boolean(),
  web_url: Type.String(),
  created_at: INSTANT,
  started_at: nullable(INSTANT),
  finished_at: nullable(INSTANT),
  cleanup: CLEANUP,
  attempts: Type.Array(
    answer({
      attempt: Type.Integer({ description: 'from 1' }),
      kind: Type.Enum(['job', 'cleanup'], { description: '`cleanup`: for what the runner before left owed' }),
      runner: answer({ id: ID, description: nullable(Type.String(), 'null: it is there no more') }),
      system_id: nullable(Type.String(), 'of the machine'),
      began_at: INSTANT,
      heard_at: nullable(INSTANT, 'when its runner was last heard of'),
      ended_at: nullable(INSTANT, 'null: it has the job'),
    }),
    { description: 'hand-outs to a runner, the first first' },
  ),
});
export type JobRun = Static<typeof JOB_RUN>;
