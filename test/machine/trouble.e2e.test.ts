import { execFileSync } from 'node:child_process';
import { chmodSync, closeSync, mkdirSync, openSync, readSync, statSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { Checkout, finished, shownLog } from '../support/checkout.ts';
import { itAsRoot } from '../support/privilege.ts';
import { waitUntil } from '../support/wait-until.ts';

let checkout: Checkout;

afterEach(() => checkout.dispose());

describe('a bad file', () => {
  it('gives every problem with its position and exit code 2, and nothing runs', async () => {
    checkout = new Checkout({
      '.gitlab-ci.yml': `stages: [build]
build:
  stage: biuld
  script: touch $OUTSIDE/ran
  retry: 7
test:
  scirpt: touch $OUTSIDE/ran
`,
    });
    const ended = await checkout.run(['run']);
    expect(ended.code).toBe(2);
    const said = ended.stdout + ended.stderr;
    expect(said).toMatch(/^\.gitlab-ci\.yml:3:\d+: .*biuld/m);
    expect(said).toMatch(/^\.gitlab-ci\.yml:5:\d+: .*retry/m);
    expect(said).toMatch(/^\.gitlab-ci\.yml:7:\d+: .*scirpt/m);
    expect(checkout.list()).toEqual([]);
  });

  it('is reported with its position when it is not YAML at all', async () => {
    checkout = new Checkout({ '.gitlab-ci.yml': 'build:\n  script: [echo\n' });
    const ended = await checkout.run(['run']);
    expect(ended.code).toBe(2);
    expect(ended.stdout + ended.stderr).toMatch(/^\.gitlab-ci\.yml:\d+:\d+: /m);
  });

  it('is reported when there is none', async () => {
    checkout = new Checkout({ README: 'no CI here' });
    const ended = await checkout.run(['run']);
    expect(ended.code).toBe(2);
    expect(ended.stdout + ended.stderr).toContain('.gitlab-ci.yml');
  });
});

describe('a log with strange bytes', () => {
  it('keeps NUL bytes and replaces what is not UTF-8', async () => {
    checkout = new Checkout({
      '.gitlab-ci.yml': `odd:\n  script: [ "printf 'nul[\\\\000] bad[\\\\377] cut[\\\\303'" ]\n`,
    });
    const ended = await checkout.run(['run', '--json']);
    expect(finished(ended, 'odd').status).toBe('success');
    expect(shownLog(ended, 'odd')).toContain('nul[\0] bad[\uFFFD] cut[\uFFFD');
  });

  it('carries a line of 300 MB without a gap and without holding it in memory', async () => {
    checkout = new Checkout({
      '.gitlab-ci.yml': `
long:
  variables: { RUNNER_LOG_LIMIT: "400000" }
  script: ["head -c 300000000 /dev/zero | tr '\\\\0' x; echo; echo end"]
`,
    });
    const run = checkout.start(['run'], {}, 'ignore');
    const peak = peakMemory(run.pid);
    expect((await run.ended(120_000)).code).toBe(0);
    expect(countBytes(checkout.logFile(), 'x'.charCodeAt(0))).toBeGreaterThanOrEqual(300_000_000);
    expect(await peak).toBeLessThan(250 * 1024);
  });
});

describe('a machine in trouble', () => {
  it('says which shell is missing and runs nothing', async () => {
    checkout = new Checkout({
      '.gitlab-ci.yml': 'job: { script: touch $OUTSIDE/ran, after_script: touch $OUTSIDE/cleaned }',
    });
    const ended = await checkout.run(['run', '--json'], { EPILOGUE_SHELL: '/nowhere/bash' });
    expect(ended.code).toBe(1);
    expect(ended.stdout).toContain('no shell found: looked for /nowhere/bash');
    expect(finished(ended, 'job')).toMatchObject({ status: 'failed', cleanup: { outcome: 'not_owed' } });
    expect(checkout.list()).toEqual([]);
  });

  it.each(['state', 'cache'] as const)(
    'says which directory for %s cannot be written and runs nothing',
    async (which) => {
      checkout = new Checkout({ '.gitlab-ci.yml': 'job: { script: touch $OUTSIDE/ran }' });
      const path = checkout[which];
      mkdirSync(path, { recursive: true });
      const blocked = readOnly(path);
      try {
        const ended = await checkout.run(['run']);
        expect(ended.code).toBe(2);
        expect(ended.stdout + ended.stderr).toContain(path);
        expect(ended.stdout + ended.stderr).toMatch(/EROFS|EACCES|read-only/i);
        expect(checkout.list()).toEqual([]);
        await checkout.untilQuiet();
      } finally {
        blocked.undo();
      }
    },
  );

  itAsRoot('runs the cleanup of a script that filled the disk, and says that it was full', async () => {
    checkout = new Checkout({
      '.gitlab-ci.yml': `
fill:
  script:
    - touch $OUTSIDE/started
    - cat /dev/zero > fill || true
    - cat /dev/zero > fill2
  after_script:
    - touch $OUTSIDE/cleaned
    - echo cleaned on a full disk
`,
    });
    checkout.mountDisk('24m');
    const ended = await checkout.run(['run', '--json']);
    expect(ended.code).toBe(1);
    expect(checkout.list()).toEqual(['cleaned', 'started']);
    expect(finished(ended, 'fill')).toMatchObject({ status: 'failed', cleanup: { outcome: 'succeeded' } });
    expect(ended.stdout + ended.stderr).toMatch(/No space left|ENOSPC|no space/i);
    await checkout.untilQuiet();
  });

  itAsRoot('runs nothing on a disk that is full from the start', async () => {
    checkout = new Checkout({
      '.gitlab-ci.yml': 'job: { script: touch $OUTSIDE/ran, after_script: touch $OUTSIDE/cleaned }',
    });
    checkout.mountDisk('64k');
    const ended = await checkout.run(['run', '--json']);
    expect(ended.code).not.toBe(0);
    expect(ended.stdout + ended.stderr).toMatch(/ENOSPC|no space/i);
    expect(checkout.list()).toEqual([]);
  });
});

it('lets two runs in one checkout go on side by side', async () => {
  checkout = new Checkout({
    '.gitlab-ci.yml': `
job:
  script:
    - echo $CI_JOB_ID >> $OUTSIDE/ids
    - echo own > own.txt
    - until [ $(wc -l < $OUTSIDE/ids) = 2 ]; do sleep 0.01; done
    - test "$(ls)" = own.txt
    - test "$(cat own.txt)" = own
  after_script: echo $CI_JOB_ID >> $OUTSIDE/cleaned
`,
  });
  const both = await Promise.all([checkout.run(['run', '--json']), checkout.run(['run', '--json'])]);
  expect(both.map((ended) => ended.code)).toEqual([0, 0]);
  const ids = checkout.read('ids').trim().split('\n').sort();
  expect(new Set(ids).size).toBe(2);
  expect(checkout.read('cleaned').trim().split('\n').sort()).toEqual(ids);
  expect(checkout.git('status', '--porcelain')).toBe('');
  await checkout.untilQuiet();
});

/** Permission bits don't stop root: there a read-only mount does. */
function readOnly(path: string): { undo(): void } {
  if (process.getuid?.() !== 0) {
    chmodSync(path, 0o500);
    return { undo: () => chmodSync(path, 0o700) };
  }
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'ro,size=64k', 'tmpfs', path]);
  return { undo: () => execFileSync('umount', [path]) };
}

/** Highest resident set in KiB over the life of a process. */
async function peakMemory(pid: number): Promise<number> {
  let peak = 0;
  await waitUntil(
    'the program ends',
    () => {
      try {
        const status = process.getBuiltinModule('node:fs').readFileSync(`/proc/${pid}/status`, 'utf8');
        peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0));
        return !/VmHWM/.test(status);
      } catch {
        return true;
      }
    },
    120_000,
  );
  return peak;
}

function countBytes(path: string, wanted: number): number {
  const fd = openSync(path, 'r');
  const buffer = Buffer.alloc(1 << 20);
  let count = 0;
  for (let left = statSync(path).size; left > 0; ) {
    const read = readSync(fd, buffer);
    for (let index = 0; index < read; index += 1) if (buffer[index] === wanted) count += 1;
    left -= read;
  }
  closeSync(fd);
  return count;
}
