import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { Checkout, type Ended, type Line, shownLog } from '../support/checkout.ts';
import { markedProcesses } from '../support/processes.ts';
import { waitUntil } from '../support/wait-until.ts';

let checkout: Checkout;

afterEach(() => checkout.dispose());

/** Fails twice; each attempt says its number and the key. */
const FAILS_TWICE = `
work:
  variables: { EPILOGUE_CLEANUP_RETRY: 3 }
  script: "true"
  after_script:
    - echo "$EPILOGUE_CLEANUP_ATTEMPT $EPILOGUE_CLEANUP_KEY" >> "$OUTSIDE/attempts"
    - test "$EPILOGUE_CLEANUP_ATTEMPT" -ge 3 || exit 3
`;

function cleanupOf(ended: Ended, job: string): unknown {
  return ended.events.find(
    (event): event is Extract<Line, { type: 'job_finished' }> => event.type === 'job_finished' && event.name === job,
  )?.cleanup;
}

/** Numbers and keys, one pair for each attempt. */
function attempts(): readonly (readonly string[])[] {
  const lines = checkout.read('attempts').trimEnd().split('\n');
  return lines.map((line) => line.split(' '));
}

function expectThreeAttempts(): void {
  expect(attempts().map(([number]) => number)).toEqual(['1', '2', '3']);
  expect(new Set(attempts().map(([, key]) => key)).size).toBe(1);
}

describe('a cleanup that fails', () => {
  it('is tried again after a pause when the job says so, and each attempt is in the log', async () => {
    checkout = new Checkout({ '.gitlab-ci.yml': FAILS_TWICE });
    const ended = await checkout.run(['run', '--json']);
    expect(ended.code).toBe(0);
    expect(cleanupOf(ended, 'work')).toMatchObject({ outcome: 'succeeded', attempt: 3, failedAttempts: 2 });
    expectThreeAttempts();
    const log = shownLog(ended, 'work');
    expect(log).toContain('after_script failed with exit code 3; attempt 2 of 4 in 1 s');
    expect(log).toContain('after_script failed with exit code 3; attempt 3 of 4 in 2 s');
  });

  it.each(['1', '2'])('is tried on by the guard where the program was killed after attempt %s', async (number) => {
    checkout = new Checkout({ '.gitlab-ci.yml': FAILS_TWICE });
    const run = checkout.start(['run', '--json']);
    const pausing = `attempt ${Number(number) + 1} of 4`;
    await waitUntil('it pauses', () => run.stdout.includes(pausing));
    run.kill('SIGKILL');
    await run.ended();
    await checkout.untilQuiet(20_000);
    const told = await checkout.run(['list', '--json']);
    const recovered = told.events.find(
      (event): event is Extract<Line, { type: 'run_recovered' }> => event.type === 'run_recovered',
    );
    const job = recovered?.jobs[0];
    expect(job?.cleanup).toMatchObject({ outcome: 'succeeded', attempt: 3, failedAttempts: 2 });
    expectThreeAttempts();
    expect(readFileSync(job?.logFile ?? '', 'utf8').split(pausing)).toHaveLength(2);
    expect(markedProcesses(checkout.mark)).toEqual([]);
  });
});

describe('a cleanup that asks for more time', () => {
  const file = (asks: string, seconds: number) => `
work:
  variables: { RUNNER_AFTER_SCRIPT_TIMEOUT: 2s, EPILOGUE_GRACE_PERIOD: 500ms }
  script: "true"
  after_script: [${JSON.stringify(asks)}, touch "$OUTSIDE/asked", sleep ${seconds}, touch "$OUTSIDE/done"]
`;

  it('gets it', async () => {
    checkout = new Checkout({ '.gitlab-ci.yml': file('echo 30 >"$EPILOGUE_EXTEND_CLEANUP"', 4) });
    const ended = await checkout.run(['run', '--json']);
    expect(cleanupOf(ended, 'work')).toMatchObject({ outcome: 'succeeded' });
    expect(shownLog(ended, 'work')).toMatch(/after_script asked for 30 s more: its deadline is now \d{4}-.*Z/);
    // Whoever watches counts down to the new deadline.
    const deadlines = ended.events.flatMap((event) => (event.type === 'job_changed' ? (event.deadline ?? []) : []));
    expect(Math.max(...deadlines) - Math.min(...deadlines)).toBeGreaterThan(25_000);
  });

  it('keeps it when its program is killed', async () => {
    checkout = new Checkout({ '.gitlab-ci.yml': file('echo 30 >"$EPILOGUE_EXTEND_CLEANUP"', 5) });
    const run = checkout.start(['run', '--json']);
    await waitUntil('it was granted', () => run.stdout.includes('asked for 30 s more'));
    run.kill('SIGKILL');
    await run.ended();
    await checkout.untilQuiet(20_000);
    expect(checkout.has('done')).toBe(true);
  });

  it.each([
    ['a pipe', 'mkfifo "$EPILOGUE_EXTEND_CLEANUP"'],
    ['a huge file', 'truncate -s 1G "$EPILOGUE_EXTEND_CLEANUP"'],
  ])('gets none by %s, and is told so once', async (_, asks) => {
    checkout = new Checkout({ '.gitlab-ci.yml': file(asks, 30) });
    const ended = await checkout.run(['run', '--json']);
    expect(cleanupOf(ended, 'work')).toMatchObject({ outcome: 'timed_out' });
    expect(shownLog(ended, 'work').match(/WARNING: .*EPILOGUE_EXTEND_CLEANUP/g)).toHaveLength(1);
    expect(checkout.has('done')).toBe(false);
  });
});
