import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Checkout, type Ended, finished, shownLog } from '../support/checkout.ts';
import { statuses } from '../support/statuses.ts';

let checkout: Checkout;

afterEach(() => checkout.dispose());

async function run(
  file: string,
  more: Readonly<Record<string, string>> = {},
  args: readonly string[] = [],
): Promise<Ended> {
  checkout = new Checkout({ '.gitlab-ci.yml': file, ...more });
  return await checkout.run(['run', '--json', ...args]);
}

describe('the order of jobs', () => {
  it('starts a job the moment its needs are done, while others of that stage still run', async () => {
    const ended = await run(
      `
stages: [one, two]
fast: { stage: one, script: [touch $OUTSIDE/fast] }
slow: { stage: one, script: ['until [ -e $OUTSIDE/needs-fast ]; do sleep 0.01; done'] }
needs-fast: { stage: two, needs: [fast], script: [test -e $OUTSIDE/fast, touch $OUTSIDE/needs-fast] }
`,
      {},
      ['--concurrency', '2'],
    );
    expect(statuses(ended)).toEqual({ fast: 'success', slow: 'success', 'needs-fast': 'success' });
  });

  it('skips what comes after a failure, but for on_failure and always', async () => {
    const ended = await run(`
stages: [one, two]
bad: { stage: one, script: [exit 3] }
next: { stage: two, script: ['true'] }
mend: { stage: two, when: on_failure, script: [touch $OUTSIDE/mended] }
tidy: { stage: two, when: always, script: [touch $OUTSIDE/tidied] }
`);
    expect(ended.code).toBe(1);
    expect(statuses(ended)).toEqual({ bad: 'failed', next: 'skipped', mend: 'success', tidy: 'success' });
    expect(finished(ended, 'bad')).toMatchObject({ exitCode: 3, failureReason: 'script_failure' });
  });

  it('counts an allowed exit code as no failure, and retries what may be retried', async () => {
    const ended = await run(`
stages: [one, two]
allowed: { stage: one, script: [exit 42], allow_failure: { exit_codes: 42 } }
flaky: { stage: one, retry: 2, script: ['echo >> $OUTSIDE/tries; [ $(wc -l < $OUTSIDE/tries) = 3 ]'], after_script: [echo >> $OUTSIDE/cleanups] }
after: { stage: two, script: ['true'] }
`);
    expect(ended.code).toBe(0);
    expect(statuses(ended)).toEqual({ allowed: 'failed', flaky: 'success', after: 'success' });
    expect(checkout.read('tries')).toBe('\n\n\n');
    expect(checkout.read('cleanups')).toBe('\n\n\n');
  });

  it('leaves manual jobs alone unless they are asked for', async () => {
    const file = `
stages: [one, two]
gate: { stage: one, when: manual, allow_failure: false, script: ['true'] }
after: { stage: two, script: [touch $OUTSIDE/after] }
`;
    const blocked = await run(file);
    expect(blocked.code).toBe(0);
    expect(blocked.stdout).toContain("run again with --manual 'gate'");
    expect(checkout.has('after')).toBe(false);
    checkout.dispose();
    expect(statuses(await run(file, {}, ['--manual', 'gate']))).toEqual({ gate: 'success', after: 'success' });
  });

  it('says how to start a manual job when there is no other', async () => {
    const alone = await run("{ a: { when: manual, script: ['true'] }, b: { when: manual, script: ['true'] } }");
    expect(alone.code).toBe(0);
    expect(alone.stdout).toContain("run again with --manual 'a' --manual 'b'");
    checkout.dispose();
    const mixed = await run("{ a: { when: manual, script: ['true'] }, b: { script: ['true'] } }");
    expect(mixed.stdout).not.toContain('run again');
  });

  it('gives a resource group to one job at a time', async () => {
    const ended = await run(
      `
.exclusive:
  resource_group: database
  script: [mkdir $OUTSIDE/held, sleep 0.2, rmdir $OUTSIDE/held]
a: { extends: .exclusive }
b: { extends: .exclusive }
c: { extends: .exclusive }
`,
      {},
      ['--concurrency', '3'],
    );
    expect(statuses(ended)).toEqual({ a: 'success', b: 'success', c: 'success' });
  });

  it('runs a child pipeline and waits for it with strategy: depend', async () => {
    const ended = await run(
      `
stages: [one, two]
child: { stage: one, trigger: { include: child.yml, strategy: depend } }
after: { stage: two, script: [test -e $OUTSIDE/child] }
`,
      { 'child.yml': 'inner: { script: [touch $OUTSIDE/child], after_script: [echo inner cleanup] }' },
    );
    expect(statuses(ended)).toEqual({ 'child: inner': 'success', child: 'success', after: 'success' });
  });
});

describe('what jobs hand on', () => {
  it('are artifacts and dotenv variables', async () => {
    const ended = await run(`
stages: [one, two]
make:
  stage: one
  script: [mkdir out, echo made > out/file, ln -s file out/link, echo VERSION=1.2 > build.env]
  artifacts: { paths: [out], exclude: [out/none], reports: { dotenv: build.env } }
use: { stage: two, script: [cat out/link, echo version=$VERSION] }
without: { stage: two, dependencies: [], script: [test ! -e out] }
`);
    expect(statuses(ended)).toEqual({ make: 'success', use: 'success', without: 'success' });
    expect(shownLog(ended, 'use')).toContain('made\n');
    expect(shownLog(ended, 'use')).toContain('version=1.2\n');
  });

  it('are no variables of a report that is not one: its job fails, and keeps what else it made', async () => {
    const ended = await run(`
stages: [one, two]
make:
  stage: one
  script: [echo made > file, echo no > build.env]
  artifacts: { paths: [file], reports: { dotenv: build.env } }
use: { stage: two, script: [touch $OUTSIDE/used] }
`);
    expect(statuses(ended)).toEqual({ make: 'failed', use: 'skipped' });
    expect(finished(ended, 'make').artifacts).toContainEqual(expect.stringMatching(/\.zip$/));
    expect(shownLog(ended, 'make')).toContain('Job failed: build.env: invalid dotenv report: line 1 is not KEY=VALUE');
  });

  it('is a cache that the next run finds', async () => {
    const file = `
job:
  cache: { key: k, paths: [cached] }
  script: ['if [ -e cached/file ]; then touch $OUTSIDE/hit; fi', mkdir -p cached, touch cached/file]
`;
    await run(file);
    expect(checkout.has('hit')).toBe(false);
    await checkout.run(['run', '--json']);
    expect(checkout.has('hit')).toBe(true);
  });

  it('are artifacts of a failed job only when they are asked for', async () => {
    const ended = await run(`
a: { script: [echo > f, exit 1], artifacts: { paths: [f] } }
b: { script: [echo > f, exit 1], artifacts: { paths: [f], when: on_failure } }
`);
    expect(finished(ended, 'a').artifacts).toEqual([]);
    expect(finished(ended, 'b').artifacts).toHaveLength(1);
  });
});

describe('hooks', () => {
  it('run before the sources are there, open the obligation, and a failing one fails the job', async () => {
    const ended = await run(`
default:
  hooks: { pre_get_sources_script: ['test ! -e "$CI_PROJECT_DIR/.gitlab-ci.yml"', echo hook ran] }
good: { script: [test -e .gitlab-ci.yml] }
bad:
  hooks: { pre_get_sources_script: [exit 9] }
  script: [touch $OUTSIDE/script-ran]
  after_script: [echo $CI_JOB_STATUS > $OUTSIDE/cleaned]
`);
    expect(statuses(ended)).toEqual({ good: 'success', bad: 'failed' });
    expect(shownLog(ended, 'good')).toContain('hook ran\n');
    expect(finished(ended, 'bad')).toMatchObject({ exitCode: 9, cleanup: { outcome: 'succeeded' } });
    expect(checkout.list()).toEqual(['cleaned']);
    expect(checkout.read('cleaned')).toBe('failed\n');
  });

  it('of Kubernetes are ignored by the shell executor, which says so once', async () => {
    const ended = await run(
      'job: { hooks: { pre_stop_k8s_container_handler: { exec: [echo bye] } }, script: [echo hi] }',
    );
    expect(shownLog(ended, 'job').match(/ignores pre_stop_k8s_container_handler/g)).toHaveLength(1);
  });
});

it('runs the cleanup of a job that no longer has its directory', async () => {
  const ended = await run('job: { script: [rm -rf "$CI_PROJECT_DIR"], after_script: [touch $OUTSIDE/cleaned] }');
  expect(finished(ended, 'job').cleanup).toMatchObject({ outcome: 'succeeded' });
  expect(checkout.has('cleaned')).toBe(true);
});

it('works from a directory below the top of the checkout, and with a file of another name', async () => {
  checkout = new Checkout({ 'ci/other.yml': 'job: { script: [ls] }', 'deep/er/file': '' });
  mkdirSync(join(checkout.dir, 'deep', 'er'), { recursive: true });
  const ended = await checkout.run(['run', '--json', '-C', 'deep/er', '--file', 'ci/other.yml']);
  expect(statuses(ended)).toEqual({ job: 'success' });
});
