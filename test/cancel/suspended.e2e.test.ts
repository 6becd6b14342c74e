import { afterEach, describe, expect, it } from 'vitest';
import { Checkout, finished, type Running, shownLog } from '../support/checkout.ts';
import { waitUntil } from '../support/wait-until.ts';

let checkout: Checkout;

afterEach(() => checkout.dispose());

/** The program stands still until something happens that takes longer than the time it has given. */
async function suspend(run: Running, what: string, until: () => boolean): Promise<void> {
  run.kill('SIGSTOP');
  await waitUntil(what, until);
  run.kill('SIGCONT');
}

const ticks = (name: string) => (checkout.has(name) ? checkout.read(name).length : 0);

describe('a program that was suspended', () => {
  it('in the middle of a teardown, for longer than the grace period, sends KILL before the cleanup starts', async () => {
    checkout = new Checkout({
      '.gitlab-ci.yml': `
job:
  variables: { EPILOGUE_GRACE_PERIOD: 1s }
  script:
    - trap 'echo >$OUTSIDE/asked' TERM
    - echo $$ >$OUTSIDE/script
    - while :; do sleep 0.1 || true; printf . >>$OUTSIDE/script-ticks; done
  after_script:
    - wc -c <$OUTSIDE/script-ticks >$OUTSIDE/before
    - grep -s ^State /proc/$(cat $OUTSIDE/script)/status | grep -v zombie >>$OUTSIDE/beside || true
    - sleep 0.5
    - wc -c <$OUTSIDE/script-ticks >$OUTSIDE/after
`,
    });
    const run = checkout.start(['run', '--json']);
    await waitUntil('the script runs', () => ticks('script-ticks') > 0);
    run.kill('SIGINT');
    await waitUntil('the script has ignored TERM', () => checkout.has('asked'));
    const begun = ticks('script-ticks');
    await suspend(run, 'the grace period is over', () => ticks('script-ticks') > begun + 15);
    const ended = await run.ended();
    expect(finished(ended, 'job')).toMatchObject({ status: 'canceled', cleanup: { outcome: 'succeeded', attempt: 1 } });
    expect(checkout.read('beside')).toBe('');
    expect(checkout.read('after')).toBe(checkout.read('before'));
    await checkout.untilQuiet();
  });

  it('while after_script used up its budget, cuts it off, and nothing of it is left', async () => {
    checkout = new Checkout({
      '.gitlab-ci.yml': `
job:
  variables: { EPILOGUE_GRACE_PERIOD: 200ms, RUNNER_AFTER_SCRIPT_TIMEOUT: 1s }
  script: ['true']
  after_script:
    - trap '' TERM
    - while :; do sleep 0.1; printf . >>$OUTSIDE/ticks; done
`,
    });
    const run = checkout.start(['run', '--json']);
    await waitUntil('the cleanup runs', () => ticks('ticks') > 0);
    await suspend(run, 'the budget is over', () => ticks('ticks') > 15);
    const ended = await run.ended();
    expect(finished(ended, 'job')).toMatchObject({ status: 'success', cleanup: { outcome: 'timed_out', attempt: 1 } });
    expect(shownLog(ended, 'job')).toContain('after_script did not end within 1 s and was cut off');
    await checkout.untilQuiet();
  });
});
