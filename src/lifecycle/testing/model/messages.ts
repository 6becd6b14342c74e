import type { Cause, Cleanup } from '../../../protocol/index.ts';
import type { JobEvent } from '../../job/index.ts';
import { parse } from './network.ts';
import type { Message, Variant } from './world.ts';

/** What the coordinator makes of a message. */
export function eventOf(message: Message, variant: Variant): JobEvent {
  const { type, attempt, rest } = parse(message);
  const [how = '-', cleanup = '-'] = rest;
  if (type === 'renew') return { type, attempt, leaseMs: 1 };
  if (type === 'script_started') return { type, attempt };
  if (type === 'resumed') return { type, attempt, leaseMs: 1 };
  // More than there is to be had.
  if (type === 'extended') return { type, attempt, byMs: 5 };
  const cause = causeOf(how);
  if (type === 'teardown_started') return { type, attempt, cause };
  if (type === 'cleaned') return { type, attempt, cause, cleanup: { outcome: 'succeeded', attempt } };
  return {
    type: 'finished',
    attempt,
    cause,
    result: how === 'succeeded' ? 'success' : 'failed',
    failureReason: reasonOf(how, cleanup),
    exitCode: null,
    cleanup: variant.runner.phases || attempt > 1 ? recordOf(cleanup, attempt) : null,
  };
}

function causeOf(how: string): Cause {
  if (how === 'stopped') return 'canceled';
  return how === 'succeeded' ? 'succeeded' : how === 'timeout' ? 'timed_out' : 'failed';
}

/** GitLab's runner reports `script_failure` only for a script that ended by itself, after which it has run `after_script`. */
function reasonOf(how: string, cleanup: string) {
  if (how === 'succeeded') return null;
  if (how === 'timeout') return 'job_execution_timeout';
  if (how === 'stopped') return 'unknown_failure';
  return cleanup === 'done' ? 'script_failure' : 'runner_system_failure';
}

function recordOf(cleanup: string, attempt: number): Cleanup {
  if (cleanup === 'done') return { outcome: 'succeeded', attempt };
  return { outcome: cleanup === 'gone' ? 'lost' : 'not_owed', attempt };
}
