import type { JobResult } from '../../../runner/index.ts';

/** Of a job whose script and cleanup went well. */
export const GOOD_RESULT: JobResult = {
  status: 'success',
  cause: 'succeeded',
  failureReason: null,
  exitCode: 0,
  cleanup: { outcome: 'succeeded', attempt: 1 },
  artifacts: [],
};
