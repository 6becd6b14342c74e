import { afterEach, describe, expect, it } from 'vitest';
import { Checkout, finished, type Running } from '../support/checkout.ts';
import { markedProcesses } from '../support/processes.ts';
import { waitUntil } from '../support/wait-until.ts';

/** What the group protects cannot be made twice: whoever meets the other one says so. It is let go only after the cleanup. */
const DEPLOY = `
deploy:
  resource_group: production
  script:
    - mkdir $OUTSIDE/busy || touch $OUTSIDE/met-the-other
    - echo $CI_PIPELINE_ID >> $OUTSIDE/holders
    - until [ -e $OUTSIDE/go ]; do sleep 0.02; done
  after_script:
    - touch $OUTSIDE/cleaning
    - until [ -e $OUTSIDE/go ]; do sleep 0.02; done
    - rmdir $OUTSIDE/busy
`;

let checkout: Checkout;

afterEach(() => checkout.dispose());

const isWaiting = (run: Running) =>
  run.events.some((event) => event.type === 'job_changed' && event.status === 'waiting_for_resource');

/** One run that holds the group, and another one that has been seen to wait for it. */
async function startTwo(): Promise<{ readonly holder: Running; readonly waiter: Running }> {
  checkout = new Checkout({ '.gitlab-ci.yml': DEPLOY });
  const holder = checkout.start(['run', '--json']);
  await waitUntil('the first run holds the group', () => checkout.has('holders'));
  const waiter = checkout.start(['run', '--json']);
  await waitUntil(
    'the second run waits and says for whom',
    () => isWaiting(waiter) && /held by run/.test(waiter.stdout),
  );
  return { holder, waiter };
}

function expectOneAfterTheOther(): void {
  expect(checkout.has('met-the-other')).toBe(false);
  expect(checkout.has('busy')).toBe(false);
  expect(checkout.read('holders').trim().split('\n')).toHaveLength(2);
}

describe('a resource group, in two runs of one checkout', () => {
  it('has one holder at a time', async () => {
    const { holder, waiter } = await startTwo();
    checkout.write({ '../outside/go': '' });
    const [first, second] = await Promise.all([holder.ended(), waiter.ended()]);
    expect([first.code, second.code]).toEqual([0, 0]);
    expectOneAfterTheOther();
  });

  it('is waited for no longer than until a cancel', async () => {
    const { holder, waiter } = await startTwo();
    waiter.kill('SIGINT');
    const second = await waiter.ended(10_000);
    expect(second.code).toBe(130);
    expect(finished(second, 'deploy')).toMatchObject({ status: 'canceled', cleanup: { outcome: 'not_owed' } });
    checkout.write({ '../outside/go': '' });
    expect((await holder.ended()).code).toBe(0);
  });

  it.each(['its guard', 'the run that waits'])(
    'stays with a run that was killed until %s has run the cleanup that it owes',
    async (whose) => {
      const { holder, waiter } = await startTwo();
      const guards = markedProcesses(checkout.mark).filter(({ command }) => command.includes('epilogue-guard'));
      // The waiting run has a guard too, which must not be needed.
      if (whose === 'the run that waits') for (const { pid } of guards) process.kill(pid, 'SIGKILL');
      holder.kill('SIGKILL');
      await waitUntil('the cleanup is under way', () => checkout.has('cleaning'));
      expect(checkout.read('holders').trim().split('\n')).toHaveLength(1);
      checkout.write({ '../outside/go': '' });
      expect((await waiter.ended()).code).toBe(0);
      expectOneAfterTheOther();
      await checkout.untilQuiet();
    },
  );
});
