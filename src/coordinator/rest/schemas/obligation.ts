import { type Static, Type } from 'typebox';
import { OBLIGATION_KINDS } from '../../../store/index.ts';
import { CLEANUP, PHASE, TEARDOWN } from './cleanup.ts';
import { answer, ID, INSTANT, nullable } from './common.ts';
import { STATUS } from './pipeline.ts';

export const OBLIGATION_STATE = Type.Enum([...OBLIGATION_KINDS]);

/** All of a project's, or of all projects, in numbers. */
export const OBLIGATION_SUMS = answer({
  open: Type.Integer({ description: 'cleanups that are owed' }),
  failed: Type.Integer({
    description: 'this and the others: how they ended; those that somebody has settled left out',
  }),
  timed_out: Type.Integer(),
  skipped: Type.Integer(),
  lost: Type.Integer(),
  days: Type.Integer({ description: 'how far `ended` and `met` go back' }),
  ended: Type.Integer({ description: 'cleanups that ended in these days, one way or other' }),
  met: Type.Integer({ description: 'those of them that succeeded' }),
});

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

/** The event of obligations that are watched. */
export const OBLIGATION_NEWS = answer({
  sums: OBLIGATION_SUMS,
  open: Type.Array(OBLIGATION, { description: 'the newest that are owed, a hundred at most' }),
  now: INSTANT,
});
export type ObligationNews = Static<typeof OBLIGATION_NEWS>;
