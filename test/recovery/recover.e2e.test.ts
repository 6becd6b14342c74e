import { readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Checkout, type Ended, type Line } from '../support/checkout.ts';
import { isAlive, markedProcesses } from '../support/processes.ts';
import { waitUntil } from '../support/wait-until.ts';

/**
 * Counts without end in the script and to 40 in the cleanup, so that a gap or a repeat in the log shows. The "machine" is a directory
 * outside of the job: made once, removed by the cleanup.
 */
const FILE = `
work:
  variables: { EPILOGUE_GRACE_PERIOD: 500ms }
  script:
    - mkdir $OUTSIDE/machine
    - (setsid sleep 300 &)
    - touch $OUTSIDE/script-runs
    - n=0; while :; do n=$((n + 1)); echo script $n; sleep 0.005; done
  after_script:
    - echo $EPILOGUE_TEARDOWN_CAUSE/$CI_JOB_STATUS >> $OUTSIDE/cleanups
    - touch $OUTSIDE/cleanup-runs
    - n=0; while [ $n -lt 40 ]; do n=$((n + 1)); echo cleanup $n; sleep 0.02; done
    - rmdir $OUTSIDE/machine
later:
  stage: deploy
  script: touch $OUTSIDE/later-ran
`;

let checkout: Checkout;

afterEach(() => checkout.dispose());

type Moment = 'script' | 'after_script';

/** Kills the program with SIGKILL in the middle of a step; the guard too if asked. */
async function killIn(
  moment: Moment,
  withGuard: boolean,
  environment: (fresh: Checkout) => Readonly<Record<string, string>> = () => ({}),
): Promise<void> {
  checkout = new Checkout({ '.gitlab-ci.yml': FILE });
  const run = checkout.start(['run', '--json'], environment(checkout));
  await waitUntil('the script runs', () => checkout.has('script-runs') && /script 3/.test(run.stdout));
  if (moment === 'after_script') {
    run.kill('SIGINT');
    await waitUntil('the cleanup runs', () => /cleanup 3/.test(run.stdout));
  }
  const guards = markedProcesses(checkout.mark).filter(({ command }) => command.includes('epilogue-guard'));
  expect(guards).toHaveLength(1);
  if (withGuard) for (const { pid } of guards) process.kill(pid, 'SIGKILL');
  run.kill('SIGKILL');
  await run.ended();
}

/** The whole log of the killed job, and what whoever asked was told. */
function expectNothingLost(told: Ended, moment: Moment, by: 'guard' | 'recover' | 'run'): void {
  const recovered = told.events.find(
    (event): event is Extract<Line, { type: 'run_recovered' }> => event.type === 'run_recovered',
  );
  expect(recovered).toMatchObject({ by });
  expect(recovered?.jobs).toHaveLength(1);
  const job = recovered?.jobs[0];
  const cause = moment === 'script' ? 'runner_lost/failed' : 'runner_shutdown/canceled';
  expect(job).toMatchObject({
    name: 'work',
    status: moment === 'script' ? 'failed' : 'canceled',
    cleanup: { outcome: 'succeeded', attempt: 1 },
  });
  expect(checkout.has('machine')).toBe(false);
  expect(checkout.read('cleanups')).toBe(`${cause}\n`);
  expect(checkout.has('later-ran')).toBe(false);
  expectCountingLog(readFileSync(job?.logFile ?? '', 'utf8'));
}

function expectCountingLog(log: string): void {
  const numbers = (word: string) =>
    [...log.matchAll(new RegExp(`^${word} (\\d+)$`, 'gm'))].map((match) => Number(match[1]));
  const script = numbers('script');
  expect(script.length).toBeGreaterThanOrEqual(3);
  expect(script).toEqual(script.map((_, index) => index + 1));
  expect(numbers('cleanup')).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
}

describe.each(['script', 'after_script'] as const)('kill -9 of the program in the middle of a %s', (moment) => {
  it.each([1, 2, 3])('is made good by its guard (%i)', async () => {
    await killIn(moment, false);
    // The guard has become `recover`: nothing of the job is alive when it is done, and nobody typed anything.
    await checkout.untilQuiet(20_000);
    const told = await checkout.run(['list', '--json']);
    expectNothingLost(told, moment, 'guard');
    const again = await checkout.run(['list', '--json']);
    expect(again.events.filter((event) => event.type === 'run_recovered')).toEqual([]);
  });

  it.each(['recover', 'run'] as const)('with the guard killed as well, is made good by `%s`', async (command) => {
    await killIn(moment, true);
    const seen = await checkout.run(['list', '--json']);
    expect(JSON.stringify(seen.events)).toContain('killed');
    checkout.write({ '.gitlab-ci.yml': 'quick: { script: "true" }' });
    const told = await checkout.run([command, '--json']);
    expect(told.code).toBe(0);
    expectNothingLost(told, moment, command);
    await checkout.untilQuiet();
  });
});

it('runs the cleanup once when two recover at the same time, and the other waits', async () => {
  await killIn('script', true);
  const both = await Promise.all([checkout.run(['recover', '--json']), checkout.run(['recover', '--json'])]);
  expect(both.map((ended) => ended.code)).toEqual([0, 0]);
  expect(checkout.read('cleanups')).toBe('runner_lost/failed\n');
  const words = both.map((ended) => JSON.stringify(ended.events)).join('\n');
  expect(words).toMatch(/being cleaned up by recover \(pid \d+\); waiting/);
  await checkout.untilQuiet();
});

it('goes on where a recovery was killed, and still runs the cleanup once', async () => {
  await killIn('script', true);
  const first = checkout.start(['recover', '--json']);
  await waitUntil('the cleanup runs', () => /cleanup 3/.test(first.stdout));
  first.kill('SIGKILL');
  await first.ended();
  const told = await checkout.run(['recover', '--json']);
  expectNothingLost(told, 'script', 'recover');
  await checkout.untilQuiet();
});

it('says why an obligation cannot be met now, and meets it as soon as it can', async () => {
  // The shell that the job began with is the one that its cleanup gets, whatever `recover` is told.
  await killIn('script', true, (fresh) => {
    symlinkSync('/bin/sh', fresh.path('shell'));
    return { EPILOGUE_SHELL: fresh.path('shell') };
  });
  rmSync(checkout.path('shell'));
  const recover = checkout.start(['recover', '--json'], { EPILOGUE_SHELL: '/bin/sh' });
  await waitUntil('it says why', () => /after_script could not start yet/.test(recover.stdout));
  expect(checkout.has('machine')).toBe(true);
  symlinkSync('/bin/sh', checkout.path('shell'));
  const told = await recover.ended();
  expect(told.code).toBe(0);
  expectNothingLost(told, 'script', 'recover');
  await checkout.untilQuiet();
});

it('has a guard that tries again until what stands in the way is gone', async () => {
  await killIn('script', false, (fresh) => {
    symlinkSync('/bin/sh', fresh.path('shell'));
    return { EPILOGUE_SHELL: fresh.path('shell') };
  });
  rmSync(checkout.path('shell'));
  const [run = ''] = readdirSync(join(checkout.state, 'epilogue', 'runs'));
  const said = () => readFileSync(join(checkout.state, 'epilogue', 'runs', run, 'guard.log'), 'utf8');
  await waitUntil('one try is over', () => /cleanup is still owed/.test(said()), 40_000);
  expect(checkout.has('cleanups')).toBe(false);
  symlinkSync('/bin/sh', checkout.path('shell'));
  await checkout.untilQuiet(40_000);
  expectNothingLost(await checkout.run(['list', '--json']), 'script', 'guard');
});

it('leaves a run that is still alive alone', async () => {
  checkout = new Checkout({ '.gitlab-ci.yml': FILE });
  const run = checkout.start(['run', '--json']);
  await waitUntil('the script runs', () => checkout.has('script-runs'));
  const recover = await checkout.run(['recover', '--json']);
  expect(recover.code).toBe(0);
  expect(JSON.stringify(recover.events)).toMatch(/is still running \(pid \d+\)/);
  expect(isAlive(run.pid)).toBe(true);
  run.kill('SIGINT');
  expect((await run.ended()).code).toBe(130);
  expect(checkout.read('cleanups')).toBe('runner_shutdown/canceled\n');
});
