import { spawn } from 'node:child_process';
import { afterEach, expect, it } from 'vitest';
import { Checkout, finished, PROGRAM, Running } from '../support/checkout.ts';

let checkout: Checkout;

afterEach(() => checkout.dispose());

const JOBS = 8;

/** From a number that lets no job begin to one that is enough for all. */
it.each([40, 56, 72, 90, 110, 130, 250])(
  'a run that may open no more than %i files ends, cleans up after every script that began, and says what is wrong',
  async (limit) => {
    checkout = new Checkout({
      '.gitlab-ci.yml': `
job:
  parallel: ${JOBS}
  script: [echo $CI_JOB_NAME >>$OUTSIDE/begun, sleep 0.3]
  after_script: [echo $CI_JOB_NAME >>$OUTSIDE/cleaned]
`,
    });
    const limited = ['-c', `ulimit -n ${limit}; exec "$0" "$@"`, PROGRAM, 'run', '--json', '--concurrency', `${JOBS}`];
    const child = spawn('sh', limited, {
      cwd: checkout.dir,
      env: checkout.environment(),
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = await new Running(child, true).ended();
    const lines = (name: string) => (checkout.has(name) ? checkout.read(name).trim().split('\n').sort() : []);
    expect(lines('cleaned')).toEqual(lines('begun'));
    for (let job = 1; job <= JOBS; job += 1) {
      const name = `job ${job}/${JOBS}`;
      const outcome = lines('begun').includes(name) ? 'succeeded' : 'not_owed';
      expect(finished(ended, name).cleanup.outcome, name).toBe(outcome);
    }
    if (lines('begun').length < JOBS) expect(ended.stdout).toMatch(/too many open files/i);
    expect(ended.code).toBe(lines('begun').length < JOBS ? 1 : 0);
    await checkout.untilQuiet();
  },
);
