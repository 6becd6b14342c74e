import type { Difference } from './compare.ts';

/** Something that our runner does otherwise than GitLab's, and why. `where`: a kind of request, a part of the recording, or `*`: every kind of request. */
export interface ListedDifference extends Difference {
  readonly reason: string;
}

const NOT_THERE = 'this runner does not have it, and says so: a job that needs it goes to one that does';
const OWN_WORK = 'what the runner itself does for a job is not run as a script: it has no exit code';

export const DIFFERENCES: readonly ListedDifference[] = [
  { where: '*', what: 'header accept-encoding is not sent', reason: 'answers are small, and archives are packed' },
  { where: '*', what: 'header connection is sent', reason: 'Node says what HTTP/1.1 means anyway' },
  {
    where: 'C',
    what: 'is said besides: POST /runners/verify, answered 200',
    reason: 'once, before all else: whether the server has our additions; it also tells GitLab what the runner can do',
  },
  { where: 'C', what: 'POST /jobs/request: last_update: string is not said', reason: 'nothing to say back yet' },
  { where: 'D', what: 'POST /jobs/request: last_update: string is not said', reason: 'nothing to say back yet' },
  ...['session', 'terminal', 'vault_secrets', 'native_steps_integration', 'job_inputs'].map((name) => ({
    where: 'A',
    what: `POST /runners/verify: feature ${name} is false, not true`,
    reason: NOT_THERE,
  })),
  ...['executor', 'shell'].map((name) => ({
    where: 'B',
    what: `POST /runners: info.${name}: string is said`,
    reason: 'this runner knows it when it registers',
  })),
  {
    where: 'H',
    what: 'is not said: PATCH /jobs/:id/trace, answered 416',
    reason:
      'the log of a job that was taken away is wanted by nobody; after_script runs all the same, which GitLab’s runner drops',
  },
  ...['P', 'Q'].flatMap((where) =>
    ['exit_code: number is not said', 'exit_code is undefined, not 1'].map((what) => ({
      where,
      what: `PUT /jobs/:id result: ${what}`,
      reason: OWN_WORK,
    })),
  ),
];
