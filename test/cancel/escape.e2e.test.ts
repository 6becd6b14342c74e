import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Checkout, finished, shownLog } from '../support/checkout.ts';

let checkout: Checkout;

afterEach(() => checkout.dispose());

const SOON_MS = 30_000;

describe('a cleanup is never beside itself', () => {
  it('when a signal to its own group would end its wrapper', async () => {
    checkout = new Checkout({
      '.gitlab-ci.yml': `
job:
  script: ['true']
  after_script:
    - trap '' USR1 ALRM
    - echo began >>$OUTSIDE/log
    - kill -USR1 0; kill -ALRM 0
    - echo ended >>$OUTSIDE/log
`,
    });
    const ended = await checkout.start(['run', '--json']).ended(SOON_MS);
    expect(finished(ended, 'job')).toMatchObject({ cleanup: { outcome: 'succeeded', attempt: 1 } });
    expect(readFileSync(join(checkout.outside, 'log'), 'utf8')).toBe('began\nended\n');
  });

  it('when its wrapper is killed: the first attempt is dead before the second one begins', async () => {
    checkout = new Checkout({
      '.gitlab-ci.yml': `
job:
  script: ['true']
  after_script:
    - if [ $EPILOGUE_CLEANUP_ATTEMPT = 2 ]; then grep -s ^State /proc/$(cat $OUTSIDE/first)/status | grep -v zombie >>$OUTSIDE/log || :; exit 0; fi
    - (trap '' TERM; sh -c 'echo $PPID' >$OUTSIDE/first; while :; do sleep 0.1; done) &
    - until [ -s $OUTSIDE/first ]; do sleep 0.05; done; echo ready >>$OUTSIDE/log
    - kill -KILL $PPID; wait
`,
    });
    const ended = await checkout.start(['run', '--json', '--var', 'RUNNER_GRACEFUL_KILL_TIMEOUT=1']).ended(SOON_MS);
    expect(finished(ended, 'job')).toMatchObject({ cleanup: { outcome: 'succeeded', attempt: 2 } });
    expect(readFileSync(join(checkout.outside, 'log'), 'utf8')).toBe('ready\n');
    await checkout.untilQuiet();
  });
});

it('a daemon that leaves its session, its parent and its environment is ended before the cleanup, and named', async () => {
  checkout = new Checkout({
    '.gitlab-ci.yml': `
job:
  script:
    - (exec env -i setsid sh -c 'echo $$ >'$OUTSIDE'/pid; exec sleep 1000 </dev/null >/dev/null 2>&1 7<&-' &)
    - until [ -s $OUTSIDE/pid ]; do sleep 0.05; done
  after_script:
    # The remains of a process that nobody has reaped yet are dead.
    - grep -s ^State /proc/$(cat $OUTSIDE/pid)/status | grep -v zombie || echo dead
`,
  });
  const ended = await checkout.start(['run', '--json']).ended(SOON_MS);
  const log = shownLog(ended, 'job');
  expect(log).toMatch(/^dead$/m);
  expect(log).toMatch(new RegExp(`stopped: \\w+ \\(${readFileSync(join(checkout.outside, 'pid'), 'utf8').trim()}\\)`));
});

it('what a cleanup leaves running is ended when the job ends, and named', async () => {
  checkout = new Checkout({
    '.gitlab-ci.yml': `
job:
  script: ['true']
  after_script:
    - (exec setsid sh -c 'echo $$ >'$OUTSIDE'/pid; exec sleep 1000' &)
    - until [ -s $OUTSIDE/pid ]; do sleep 0.05; done
`,
  });
  const ended = await checkout.start(['run', '--json']).ended(SOON_MS);
  expect(finished(ended, 'job')).toMatchObject({ status: 'success', cleanup: { outcome: 'succeeded' } });
  const pid = readFileSync(join(checkout.outside, 'pid'), 'utf8').trim();
  expect(shownLog(ended, 'job')).toContain(`still running after the cleanup, and ended: sleep (${pid})`);
  await checkout.untilQuiet();
});
