import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { Checkout, finished, shownLog } from '../support/checkout.ts';
import { isAlive } from '../support/processes.ts';
import { anotherKeystroke, waitUntil } from '../support/wait-until.ts';

/**
 * A script with every kind of child that has been seen to survive a cancel. Each writes its pid outside of the job, and the last
 * line says that all are there.
 */
const STUBBORN = `
stages: [build, test]
build:
  stage: build
  script:
    - echo $$ > $OUTSIDE/script.pid
    - (trap '' TERM; echo $BASHPID > $OUTSIDE/ignores-term.pid; while :; do sleep 1; done) &
    - setsid sh -c 'echo $$ > $OUTSIDE/setsid.pid; exec sleep 300' &
    - (setsid sh -c 'echo $$ > $OUTSIDE/double-forked.pid; sleep 300 & wait' &)
    - echo left by the script > made.txt
    - until [ -s $OUTSIDE/ignores-term.pid ] && [ -s $OUTSIDE/setsid.pid ] && [ -s $OUTSIDE/double-forked.pid ]; do sleep 0.01; done
    - touch $OUTSIDE/ready
    - sleep 300
  after_script:
    - for pid in $(cat $OUTSIDE/*.pid); do if grep -qs '^State:.[^ZX]' /proc/$pid/status; then echo $pid >> $OUTSIDE/still-alive; fi; done
    - env | grep -E '^(CI_JOB_STATUS|CI_PROJECT_DIR|EPILOGUE_TEARDOWN_CAUSE|EPILOGUE_CANCELED_BY|EPILOGUE_CLEANUP_|EPILOGUE_SCRIPT_EXIT_CODE)' > $OUTSIDE/cleanup.env
    - pwd > $OUTSIDE/cleanup.pwd
    - cat made.txt
    - echo cleaned by hand
    - touch $OUTSIDE/cleaned
  artifacts:
    when: always
    paths: [made.txt]
next:
  stage: test
  script: touch $OUTSIDE/next-ran
`;

let checkout: Checkout;

afterEach(() => checkout.dispose());

async function startStubborn(): Promise<ReturnType<Checkout['start']>> {
  checkout = new Checkout({ '.gitlab-ci.yml': STUBBORN });
  const run = checkout.start(['run', '--json', '--var', 'EPILOGUE_GRACE_PERIOD=500ms']);
  await waitUntil('the script is ready', () => checkout.has('ready') || !isAlive(run.pid));
  return run;
}

function pids(): number[] {
  return checkout
    .list()
    .filter((name) => name.endsWith('.pid'))
    .map((name) => Number(checkout.read(name)));
}

describe('one signal', () => {
  const cases = [
    { signal: 'SIGINT', to: 'process', code: 130 },
    { signal: 'SIGINT', to: 'group', code: 130 },
    { signal: 'SIGTERM', to: 'process', code: 143 },
    { signal: 'SIGHUP', to: 'process', code: 129 },
    { signal: 'SIGHUP', to: 'group', code: 129 },
  ] as const;

  it.each(cases)(
    '$signal to the $to ends every script, runs its after_script and exits with $code',
    async ({ signal, to, code }) => {
      const run = await startStubborn();
      if (to === 'group') run.killGroup(signal);
      else run.kill(signal);
      const ended = await run.ended();

      expect(ended.code).toBe(code);
      expect(pids()).toHaveLength(4);
      expect(pids().filter(isAlive)).toEqual([]);
      expect(checkout.has('still-alive')).toBe(false);

      const build = finished(ended, 'build');
      expect(build).toMatchObject({
        status: 'canceled',
        cause: 'runner_shutdown',
        cleanup: { outcome: 'succeeded', attempt: 1 },
      });
      expect(checkout.has('cleaned')).toBe(true);
      const environment = checkout.read('cleanup.env');
      expect(environment).toContain('CI_JOB_STATUS=canceled\n');
      expect(environment).toContain('EPILOGUE_TEARDOWN_CAUSE=runner_shutdown\n');
      expect(environment).toContain(`EPILOGUE_CANCELED_BY=${signal}\n`);
      expect(environment).toContain('EPILOGUE_CLEANUP_ATTEMPT=1\n');
      expect(environment).toMatch(/EPILOGUE_CLEANUP_KEY=\S+\n/);
      expect(environment).toContain(`CI_PROJECT_DIR=${checkout.read('cleanup.pwd')}`);
      expect(shownLog(ended, 'build')).toContain('left by the script\n');
      expect(shownLog(ended, 'build')).toContain('cleaned by hand\n');
      expect(build.artifacts.filter((path) => existsSync(path))).toHaveLength(1);

      expect(finished(ended, 'next')).toMatchObject({ status: 'canceled', cleanup: { outcome: 'not_owed' } });
      expect(checkout.has('next-ran')).toBe(false);
      await checkout.untilQuiet();
    },
  );

  it('shows canceling while the cleanup runs, and only then canceled', async () => {
    const run = await startStubborn();
    run.kill('SIGINT');
    const ended = await run.ended();
    const statuses = ended.events.flatMap((event) =>
      (event.type === 'job_changed' || event.type === 'job_finished') && event.name === 'build' ? [event.status] : [],
    );
    expect([...new Set(statuses)]).toEqual(['pending', 'running', 'canceling', 'canceled']);
  });

  it('leaves nothing of its own behind but the logs and the artifacts', async () => {
    const run = await startStubborn();
    run.kill('SIGINT');
    const ended = await run.ended();
    const build = finished(ended, 'build');
    expect(readFileSync(build.logFile ?? '', 'utf8')).toBe(shownLog(ended, 'build'));
    expect(readdirSync(`${checkout.cache}/epilogue/builds`)).toEqual([]);
    expect(checkout.git('status', '--porcelain')).toBe('');
  });
});

describe('a second signal', () => {
  it('of another program, SIGTERM after SIGINT, leaves the cleanup alone', async () => {
    checkout = new Checkout({
      '.gitlab-ci.yml': STUBBORN.replace('- cat made.txt', '- touch $OUTSIDE/cleaning; sleep 1'),
    });
    const run = checkout.start(['run', '--json', '--var', 'EPILOGUE_GRACE_PERIOD=200ms']);
    await waitUntil('the script is ready', () => checkout.has('ready'));
    run.kill('SIGINT');
    await waitUntil('the cleanup runs', () => checkout.has('cleaning'));
    run.kill('SIGTERM');
    const ended = await run.ended();
    expect(ended.code).toBe(130);
    expect(finished(ended, 'build')).toMatchObject({ status: 'canceled', cleanup: { outcome: 'succeeded' } });
    expect(checkout.has('cleaned')).toBe(true);
  });

  const SLOW_CLEANUP = STUBBORN.replace('- cat made.txt', '- touch $OUTSIDE/cleaning; sleep 300');

  it.each([
    { moment: 'while the script is dying', grace: '60s', ready: null },
    { moment: 'while after_script runs', grace: '200ms', ready: 'cleaning' },
  ])('forces the end $moment, says what was skipped and exits with 137', async ({ grace, ready }) => {
    checkout = new Checkout({ '.gitlab-ci.yml': SLOW_CLEANUP });
    const run = checkout.start(['run', '--var', `EPILOGUE_GRACE_PERIOD=${grace}`]);
    await waitUntil('the script is ready', () => checkout.has('ready'));
    run.kill('SIGINT');
    await waitUntil('the teardown has begun', () =>
      ready === null ? /cancel/i.test(run.stdout) : checkout.has(ready),
    );
    await anotherKeystroke();
    run.kill('SIGINT');
    const ended = await run.ended();

    expect(ended.code).toBe(137);
    expect(pids().filter(isAlive)).toEqual([]);
    expect(checkout.has('cleaned')).toBe(false);
    const lastLines = ended.stdout.trimEnd().split('\n').slice(-3).join('\n');
    expect(lastLines).toMatch(/build.*cleanup skipped|cleanup skipped.*build/i);
    expect(lastLines).toContain('SIGINT');
    await checkout.untilQuiet();
  });
});
