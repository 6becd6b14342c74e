import { Type } from 'typebox';
import type { EventOf } from '../../http/index.ts';
import { answer, ID, INSTANT, nullable } from '../../rest/schemas/common.ts';
import { STATUS } from '../../rest/schemas/pipeline.ts';

const NOTHING = answer({});

const ATTEMPT = {
  job_id: ID,
  attempt: Type.Integer({ description: 'from 1' }),
  token_sha256: Type.String({ description: 'of the token that its runner was given with it' }),
};

const BY = nullable(Type.String(), 'who wanted it; null: nobody did, or it is not known');

/** What a runner hears. */
export const RUNNER_EVENTS = {
  look: NOTHING,
  cancel: answer({ ...ATTEMPT, job_status: STATUS, cause: Type.String(), by: BY, deadline: nullable(INSTANT) }),
  abort: answer({
    ...ATTEMPT,
    job_status: STATUS,
    cause: nullable(Type.String()),
    by: BY,
    force: Type.Boolean({ description: 'its cleanup is not to be run either' }),
  }),
  watch: answer(ATTEMPT),
  release: answer({ since: Type.String({ description: 'when the quarantine began, as the runner has told it' }) }),
  work: NOTHING,
  shutdown: NOTHING,
};
export type RunnerEvent = EventOf<typeof RUNNER_EVENTS>;
