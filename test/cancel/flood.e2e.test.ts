import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Checkout, finished, shownLog } from '../support/checkout.ts';
import { anotherKeystroke, waitUntil } from '../support/wait-until.ts';

let checkout: Checkout;

afterEach(() => checkout.dispose());

/** Far below what a script that prints fast writes in the meantime, far above what one look at it takes. */
const SOON_MS = 8_000;

function flooding(command: string, more = '', cleanup = 'touch $OUTSIDE/cleaned'): Checkout {
  return new Checkout({
    '.gitlab-ci.yml': `
flood:
  variables: { EPILOGUE_GRACE_PERIOD: 1s, RUNNER_LOG_LIMIT: "100" }
  ${more}
  script: [touch $OUTSIDE/started, "${command}"]
  after_script: [echo removing machines, ${cleanup}]
`,
  });
}

describe.each(['yes', 'cat /dev/urandom'])('a script that prints as fast as `%s`', (command) => {
  it('is stopped by its timeout, and its cleanup runs and is heard', async () => {
    checkout = flooding(command, 'timeout: 2 seconds');
    const begun = performance.now();
    const ended = await checkout.run(['run', '--json']);
    expect(performance.now() - begun).toBeLessThan(2_000 + SOON_MS);
    expect(finished(ended, 'flood')).toMatchObject({ cause: 'timed_out', cleanup: { outcome: 'succeeded' } });
    expect(checkout.list()).toEqual(['cleaned', 'started']);
    const log = shownLog(ended, 'flood');
    expect(log.match(/more than the limit of 100 KiB/g)).toHaveLength(1);
    expect(log).toContain('\nremoving machines\n');
    expect(log).toMatch(/\d+ bytes over the log limit were dropped[^\n]*\n[^\n]*Job failed/);
    await checkout.untilQuiet();
  });

  it('is stopped by one Ctrl-C, and by two', async () => {
    checkout = flooding(command);
    const once = checkout.start(['run']);
    await waitUntil('the script runs', () => checkout.has('started'));
    once.killGroup('SIGINT');
    expect(await once.ended(SOON_MS)).toMatchObject({ code: 130 });
    expect(checkout.has('cleaned')).toBe(true);
    await checkout.untilQuiet();
    checkout.dispose();
    checkout = flooding(command, '', 'touch $OUTSIDE/cleaning; sleep 1000');
    const twice = checkout.start(['run']);
    await waitUntil('the script runs', () => checkout.has('started'));
    twice.killGroup('SIGINT');
    await waitUntil('the first one is heard', () => checkout.has('cleaning'));
    await anotherKeystroke();
    twice.killGroup('SIGINT');
    expect(await twice.ended(SOON_MS)).toMatchObject({ code: 137 });
    await checkout.untilQuiet();
  });

  it('is stopped by the guard when the program is killed', async () => {
    checkout = flooding(command);
    const run = checkout.start(['run']);
    await waitUntil('the script runs', () => checkout.has('started'));
    run.kill('SIGKILL');
    await waitUntil('the cleanup ran', () => checkout.has('cleaned'), SOON_MS);
    await checkout.untilQuiet();
  });
});

describe('a flood', () => {
  it('does not fill the disk, and lets the job go on', async () => {
    checkout = flooding('timeout 2 yes || true', 'allow_failure: true');
    const run = checkout.start(['run', '--json']);
    const ended = await run.ended();
    expect(finished(ended, 'flood')).toMatchObject({ status: 'success', cleanup: { outcome: 'succeeded' } });
    const kept = readdirSync(checkout.state, { recursive: true, encoding: 'utf8' }).map((name) =>
      join(checkout.state, name),
    );
    expect(Math.max(...kept.map((path) => statSync(path).size))).toBeLessThan(200 * 1024);
    expect(shownLog(ended, 'flood')).toContain('Job succeeded');
  });

  it('of a cleanup ends with its budget', async () => {
    checkout = new Checkout({
      '.gitlab-ci.yml': `
flood:
  variables: { EPILOGUE_GRACE_PERIOD: 1s, RUNNER_AFTER_SCRIPT_TIMEOUT: 1s }
  script: [echo done]
  after_script: ["yes"]
`,
    });
    const ended = await checkout.start(['run', '--json']).ended(SOON_MS + 2_000);
    expect(finished(ended, 'flood')).toMatchObject({ status: 'success', cleanup: { outcome: 'timed_out' } });
    await checkout.untilQuiet();
  });
});
