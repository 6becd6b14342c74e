import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Checkout, finished, PROGRAM, type Running } from '../support/checkout.ts';
import { markedProcesses } from '../support/processes.ts';
import { waitUntil } from '../support/wait-until.ts';

/** The grace of the outer job is much shorter than the cleanup of the inner one. */
const OUTER = `
outer:
  variables: { EPILOGUE_GRACE_PERIOD: 300ms }
  script:
    - cd $OUTSIDE/inner && $PROGRAM run
  after_script:
    - echo "outer $EPILOGUE_TEARDOWN_CAUSE" >> $OUTSIDE/order
`;

const INNER = `
inner:
  variables: { EPILOGUE_GRACE_PERIOD: 300ms }
  script:
    - (setsid sleep 300 &)
    - touch $OUTSIDE/inner-runs
    - until [ -e $OUTSIDE/fail ]; do sleep 0.02; done; exit 1
  after_script:
    - touch $OUTSIDE/inner-cleanup-runs
    - n=0; while [ $n -lt 60 ]; do n=$((n + 1)); sleep 0.02; done
    - echo "inner $EPILOGUE_TEARDOWN_CAUSE $EPILOGUE_CLEANUP_ATTEMPT" >> $OUTSIDE/order
`;

let checkout: Checkout;
let outer: Running;

beforeEach(async () => {
  checkout = new Checkout({ '.gitlab-ci.yml': OUTER });
  const inner = checkout.path('inner');
  mkdirSync(inner);
  writeFileSync(join(inner, '.gitlab-ci.yml'), INNER);
  const git = (...args: string[]) => execFileSync('git', ['-C', inner, ...args], { env: checkout.environment() });
  git('init', '--quiet', '--initial-branch=main');
  git('add', '--all');
  git('commit', '--quiet', '--message=First');
  outer = checkout.start(['run', '--json'], { PROGRAM });
  await waitUntil('the inner script runs', () => checkout.has('inner-runs'));
});

afterEach(() => checkout.dispose());

/** The program of the run inside and its guard, as processes. */
function innerProcesses(): readonly number[] {
  const all = markedProcesses(checkout.mark).filter(({ pid }) => pid !== outer.pid);
  const programs = all.filter(({ command }) => / run $/.test(command) && !command.includes('--json'));
  const guards = all.filter(({ command }) => command.includes('epilogue-guard'));
  const innerGuard = Math.max(...guards.map(({ pid }) => pid));
  return [...programs.map(({ pid }) => pid), innerGuard];
}

describe('a run inside of a job of another run is torn down before that job, whole, once', () => {
  it('when the outer run is interrupted', async () => {
    outer.kill('SIGINT');
    const ended = await outer.ended();
    expect(ended.code).toBe(130);
    expect(checkout.read('order')).toBe('inner runner_shutdown 1\nouter runner_shutdown\n');
    expect(finished(ended, 'outer').cleanup).toMatchObject({ outcome: 'succeeded', attempt: 1 });
    await checkout.untilQuiet();
  });

  it('when the outer program is killed', async () => {
    outer.kill('SIGKILL');
    await outer.ended();
    await checkout.untilQuiet(20_000);
    expect(checkout.read('order')).toBe('inner runner_shutdown 1\nouter runner_lost\n');
  });

  it('when the inner program and its guard are killed', async () => {
    for (const pid of innerProcesses()) process.kill(pid, 'SIGKILL');
    const ended = await outer.ended();
    expect(ended.code).toBe(1);
    expect(checkout.read('order')).toBe('inner runner_lost 1\nouter failed\n');
    await checkout.untilQuiet();
  });

  it('when the outer run is interrupted in the middle of the inner cleanup', async () => {
    checkout.write({ '../outside/fail': '' });
    await waitUntil('the inner cleanup runs', () => checkout.has('inner-cleanup-runs'));
    outer.kill('SIGINT');
    expect((await outer.ended()).code).toBe(130);
    expect(checkout.read('order')).toBe('inner failed 1\nouter runner_shutdown\n');
    await checkout.untilQuiet();
  });
});

it('a force ends a run inside as well, and says that it still owes something', async () => {
  outer.kill('SIGINT');
  await waitUntil('the inner cleanup runs', () => checkout.has('inner-cleanup-runs'));
  await waitUntil('a force is taken for one', () => {
    outer.kill('SIGINT');
    return outer.events.some((event) => event.type === 'run_interrupted' && event.force);
  });
  const ended = await outer.ended();
  expect(ended.code).toBe(137);
  expect(JSON.stringify(ended.events)).toMatch(/run \d+ inside of this job may still owe a cleanup/);
  await checkout.untilQuiet();
  expect(checkout.has('order') ? checkout.read('order') : '').toBe('');
  expect((await checkout.run(['recover'])).code).toBe(0);
  expect(checkout.read('order')).toBe('inner runner_shutdown 2\n');
});
