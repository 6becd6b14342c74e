import { type Static, Type } from 'typebox';
import { OBLIGATION_KINDS } from '../../../store/index.ts';
import { CLEANUP, PHASE, TEARDOWN } from './cleanup.ts';
import { answer, ID, INSTANT, nullable } from './common.ts';
import { STATUS } from './pipeline.ts';

export const OBLIGATION_STATE = Type.Enum([...OBLIGATION_KINDS]);

export const OBLIGATION = answer({
  job_id: ID,
  job_name: Type.String(),
  stage: Type.String(),
  project_id: ID,
  project_path: Type.String(),
  pipeline_id: ID,
  ref: Type.String(),
  status: STATUS,
  phase: PHASE,
  state: OBLIGATION_STATE,
  runner: nullable(answer({ id: ID, description: Type.String() })),
  started_at: nullable(INSTANT),
  finished_at: nullable(INSTANT),
  teardown: TEARDOWN,
  cleanup: CLEANUP,
  settled: nullable(
    answer({ by: Type.String(), at: INSTANT, reason: Type.String() }),
    'who has seen to what was left, and how',
  ),
  web_url: Type.String(),
});
export type Obligation = Static<typeof OBLIGATION>;
