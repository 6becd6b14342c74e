import { afterEach, describe, expect, it } from 'vitest';
import { Checkout, finished, shownLog } from '../support/checkout.ts';

let checkout: Checkout;

afterEach(() => checkout.dispose());

describe('a job that runs out of time', () => {
  it.each([
    { limit: 'timeout: 2 seconds', text: 'timeout: 2 seconds' },
    { limit: 'RUNNER_SCRIPT_TIMEOUT', text: 'variables: { RUNNER_SCRIPT_TIMEOUT: 2s }' },
  ])('is stopped by $limit, and its after_script has a whole budget of its own', async ({ text }) => {
    // The cleanup alone takes longer than the job was given.
    checkout = new Checkout({
      '.gitlab-ci.yml': `
slow:
  ${text}
  script: [touch $OUTSIDE/started, sleep 300]
  after_script:
    - echo status=$CI_JOB_STATUS cause=$EPILOGUE_TEARDOWN_CAUSE
    - sleep 2.5
    - touch $OUTSIDE/cleaned
`,
    });
    const ended = await checkout.run(['run', '--json']);
    expect(ended.code).toBe(1);
    expect(checkout.list()).toEqual(['cleaned', 'started']);
    expect(finished(ended, 'slow')).toMatchObject({
      status: 'failed',
      cause: 'timed_out',
      failureReason: 'job_execution_timeout',
      cleanup: { outcome: 'succeeded' },
    });
    expect(shownLog(ended, 'slow')).toContain('status=timedout cause=timed_out\n');
    await checkout.untilQuiet();
  });

  it('has a cleanup that overruns RUNNER_AFTER_SCRIPT_TIMEOUT cut off, and says so', async () => {
    checkout = new Checkout({
      '.gitlab-ci.yml': `
endless:
  variables: { RUNNER_AFTER_SCRIPT_TIMEOUT: 1s, EPILOGUE_GRACE_PERIOD: 200ms }
  script: [echo done]
  after_script: [echo cleaning, trap '' TERM, sleep 300]
`,
    });
    const ended = await checkout.run(['run', '--json']);
    expect(finished(ended, 'endless')).toMatchObject({
      status: 'success',
      cleanup: { outcome: 'timed_out', attempt: 1 },
    });
    expect(shownLog(ended, 'endless')).toContain('after_script did not end within 1 s and was cut off');
    await checkout.untilQuiet();
  });

  it('fails a job that would have been a success when AFTER_SCRIPT_IGNORE_ERRORS is false', async () => {
    checkout = new Checkout({
      '.gitlab-ci.yml': `
strict:
  variables: { AFTER_SCRIPT_IGNORE_ERRORS: "false" }
  script: [echo done]
  after_script: [exit 7]
lenient:
  script: [echo done]
  after_script: [exit 7]
`,
    });
    const ended = await checkout.run(['run', '--json']);
    expect(ended.code).toBe(1);
    expect(finished(ended, 'strict')).toMatchObject({ status: 'failed', cleanup: { outcome: 'failed', exitCode: 7 } });
    expect(finished(ended, 'lenient')).toMatchObject({
      status: 'success',
      cleanup: { outcome: 'failed', exitCode: 7 },
    });
  });
});
