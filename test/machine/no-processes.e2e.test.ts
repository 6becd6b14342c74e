import { execFileSync, spawn } from 'node:child_process';
import { afterEach, expect } from 'vitest';
import { Checkout, finished, PROGRAM, Running, shownLog } from '../support/checkout.ts';
import { itAsRoot } from '../support/privilege.ts';
import { waitUntil } from '../support/wait-until.ts';

let checkout: Checkout;

afterEach(() => checkout.dispose());

/** Of a user that nobody else is, so that nobody else's processes count; limits do not hold root. */
const UID = 59_871;
const LIMIT = 64;

/** More than the limit of the program: what counts are all processes of the user. */
const HOG = `for n in $(seq ${2 * LIMIT}); do sleep 300 & done; : >$OUTSIDE/full; wait`;

itAsRoot('a cleanup that finds every process taken is tried again, and runs once there is room', async () => {
  checkout = new Checkout({
    '.gitlab-ci.yml': `
job:
  script:
    - ': >$OUTSIDE/begun'
    # Starts no process of its own.
    - until [ -e $OUTSIDE/full ]; do :; done
  after_script:
    - cat /dev/null >$OUTSIDE/cleaned
`,
  });
  execFileSync('chown', ['-R', String(UID), checkout.root]);
  const as = (script: string, ...args: string[]) =>
    spawn('bash', ['-c', script, ...args], {
      cwd: checkout.dir,
      env: checkout.environment(),
      uid: UID,
      gid: UID,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  const run = new Running(as(`ulimit -u ${LIMIT}; exec "$0" "$@"`, PROGRAM, 'run', '--json'), true);
  await waitUntil('the script runs', () => checkout.has('begun'));
  const hog = as(HOG);
  await waitUntil('the cleanup cannot start', () => /could not start yet: [^"]*no more processes/.test(run.stdout));
  expect(checkout.has('cleaned')).toBe(false);
  process.kill(-(hog.pid ?? Number.NaN), 'SIGKILL');
  const ended = await run.ended();
  expect(finished(ended, 'job')).toMatchObject({ status: 'success', cleanup: { outcome: 'succeeded' } });
  expect(checkout.has('cleaned')).toBe(true);
  expect(shownLog(ended, 'job')).toContain('WARNING: after_script could not start yet');
  await checkout.untilQuiet();
});
