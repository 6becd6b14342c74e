import { Type } from 'typebox';
import { CAUSES, CLEANUP_OUTCOMES, PHASES } from '../../../protocol/index.ts';
import { answer, INSTANT, nullable, SECONDS, shape } from './common.ts';

export const PHASE = nullable(Type.Enum([...PHASES]), 'while an attempt is under way');

const TEARDOWN_STEPS = ['waiting', 'saving'] as const;

/** Ours, beside GitLab's fields. */
export const TEARDOWN = nullable(
  shape('Teardown', {
    cause: nullable(Type.Enum([...CAUSES]), 'why the script is over, or is to be'),
    requested_by: nullable(Type.String(), 'who cancelled; null: nobody did'),
    requested_at: nullable(INSTANT),
    deadline: nullable(INSTANT, 'when the coordinator ends it, whatever the runner does'),
    began_at: nullable(INSTANT, 'of the teardown that is under way; of a cleanup alone, when its runner took it'),
    cleanup_until: nullable(INSTANT, 'when its runner cuts the cleanup off; null: it has ended, or none is under way'),
    step: nullable(
      Type.Enum([...TEARDOWN_STEPS]),
      'waiting for another runner, or saving, the cleanup having ended; null: none is under way, or the script is stopped, then cleaned up after',
    ),
    now: nullable(INSTANT, 'when this was said, by the clock that sets the deadlines; null: there is no deadline'),
    extended_by: Type.Number({ description: 's, by which its runner has put the deadline off, in all' }),
    forced_by: nullable(Type.String(), 'who cut it short'),
    forced_at: nullable(INSTANT),
  }),
  'null: nothing has ended the script, or asked for that',
);

export const CLEANUP = nullable(
  shape('Cleanup', {
    outcome: nullable(Type.Enum([...CLEANUP_OUTCOMES]), 'null: it is owed and has not ended'),
    exit_code: nullable(Type.Integer(), 'of after_script'),
    duration: nullable(SECONDS),
    attempt: Type.Integer({ description: '0: none was made' }),
    failed_attempts: Type.Integer({ description: 'that its runner has seen fail, where it tries again' }),
    skipped_by: nullable(Type.String()),
    reason: nullable(Type.String(), 'why it was skipped'),
    late: nullable(
      answer({
        outcome: Type.Enum([...CLEANUP_OUTCOMES]),
        exit_code: nullable(Type.Integer(), 'of after_script'),
        duration: nullable(SECONDS),
        attempt: Type.Integer({ description: 'of the job, whose runner came back' }),
        runner_id: Type.Integer(),
        at: INSTANT,
      }),
      'what a runner that was given up has said since of the cleanup that it ran all the same',
    ),
  }),
  'null: nothing is owed so far',
);

/** How many cleanups of a pipeline's jobs are owed, or did not end well. */
export const CLEANUPS = shape('Cleanups', {
  open: Type.Integer(),
  failed: Type.Integer(),
  timed_out: Type.Integer(),
  skipped: Type.Integer(),
  lost: Type.Integer(),
});
