import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { realClock } from '../../base/index.ts';
import { createShellExecutor } from '../shell/shell.ts';
import { type JobFixture, NEVER, openJob, until, waitForEnd, waitForOutput } from '../testing/executor-contract.ts';
import { allDead, startTree, treeOptions } from '../testing/process-tree.ts';
import { createJobCgroup } from './cgroup.ts';
import { findCgroupHomes } from './cgroup-homes.ts';
import { createProcessTree } from './process-tree.ts';
import { readProcess } from './table/process-scan.ts';

const shell = createShellExecutor({ clock: realClock });

/** Sheds its environment, its session and its parent, prints its id and drops its log. What it keeps is what `before` leaves it. */
const daemon = (before: string, close = '7<&-'): string =>
  `(${before}; exec env -i setsid sh -c 'echo $$; exec sleep 1000 </dev/null >/dev/null 2>&1 ${close}' &) ; sleep 0.1`;

/** Each script prints the id of a process that shed all marks but one. */
const ONE_MARK_LEFT = {
  'the step’s marker': daemon('cd /', ''),
  'its log': "(cd /; exec env -i setsid sh -c 'echo $$; exec sleep 1000 </dev/null 2>/dev/null 7<&-' &) ; sleep 0.1",
  'the project directory as its working directory': daemon(':'),
  'a directory below': daemon('mkdir -p deep/er; cd deep/er'),
  'a program of the project directory': `cp /bin/sleep mine; (d=$PWD; cd /; exec env -i setsid sh -c 'echo $$; exec "$0"/mine 1000 </dev/null >/dev/null 2>&1 7<&-' "$d" &) ; sleep 0.1`,
} as const;

const hasPython = process.env.CI === 'true' || spawnSync('python3', ['-c', '0']).status === 0;
/** Ends its main thread: /proc then shows a zombie. */
const HEADLESS = `
import ctypes, os, platform, threading, time
threading.Thread(target=time.sleep, args=(1000,)).start()
open("pid.new", "w").write(str(os.getpid()))
os.rename("pid.new", "pid")
os.chdir("/")
ctypes.CDLL(None).syscall(93 if platform.machine() in ("aarch64", "riscv64") else 60, 0)`;

/** Asks a cgroup that is made for it: the root of a hierarchy cannot be frozen. */
function canFreeze(): boolean {
  const [home] = findCgroupHomes();
  if (home === undefined) return false;
  const path = join(home, `freeze-${process.pid}`);
  mkdirSync(path);
  try {
    return freezers(path).length > 0;
  } finally {
    rmdirSync(path);
  }
}

function freezers(path: string): readonly string[] {
  return ['freezer.state', 'cgroup.freeze'].map((name) => join(path, name)).filter((file) => existsSync(file));
}

function freeze(path: string): void {
  for (const file of freezers(path)) writeFileSync(file, file.endsWith('state') ? 'FROZEN' : '1', { flag: 'r+' });
}

describe('a process that escapes', () => {
  it.each(Object.entries(ONE_MARK_LEFT))('is found by %s, by whoever takes over', async (_, script) => {
    await using fixture = await openJob(shell);
    const pids = await startTree(fixture, script);
    expect(pids).toHaveLength(1);
    const tree = createProcessTree(treeOptions(fixture.job, realClock));
    await tree.signal('KILL');
    await allDead(pids);
  });

  it.runIf(hasPython)('is found although its main thread has ended', async () => {
    await using fixture = await openJob(shell);
    writeFileSync(join(fixture.job.projectDir, 'headless.py'), HEADLESS);
    const begin = '(exec setsid python3 headless.py 7<&- </dev/null >/dev/null 2>&1 &)';
    const pids = await startTree(fixture, `${begin}; until [ -s pid ]; do sleep 0.05; done; cat pid; echo`);
    expect(pids).toHaveLength(1);
    await until('its main thread has ended', () => (readProcess(pids[0] ?? 0)?.isHeadless ? true : null));
    const tree = createProcessTree(treeOptions(fixture.job, realClock));
    expect((await tree.signal('none')).map(({ pid }) => pid)).toContain(pids[0]);
    await tree.signal('KILL');
    await allDead(pids);
  });

  it('is left alone when it only stands in the project directory and has a living parent that is not of the job', async () => {
    await using fixture = await openJob(shell);
    await startTree(fixture, 'true');
    const visitor = spawn('sleep', ['1000'], { cwd: fixture.job.projectDir, stdio: 'ignore' });
    onTestFinished(() => void visitor.kill('SIGKILL'));
    await until('it runs', () => (visitor.pid === undefined ? null : true));
    const tree = createProcessTree(treeOptions(fixture.job, realClock));
    expect((await tree.signal('none')).map(({ pid }) => pid)).not.toContain(visitor.pid);
  });

  it('is named', async () => {
    await using fixture = await openJob(shell);
    await startTree(fixture, 'setsid sleep 1000 &');
    const names = async () => (await fixture.place.signal('none')).map(({ name }) => name);
    await until('it has its name', async () => ((await names()).includes('sleep') ? true : null));
  });
});

describe.runIf(findCgroupHomes().length > 0)('where a cgroup can be made, a process that escapes', () => {
  const cgroupOf = ({ job }: JobFixture) => createJobCgroup(job.stepsDir, job.cookie);

  it('is found without any mark left, by whoever takes over', async () => {
    await using fixture = await openJob(shell);
    const pids = await startTree(fixture, daemon('cd /'));
    expect(pids).toHaveLength(1);
    const blind = createProcessTree(treeOptions(fixture.job, realClock));
    expect((await blind.signal('none')).map(({ pid }) => pid)).not.toContain(pids[0]);
    const next = await shell.prepare(fixture.job, NEVER);
    await next.signal('TERM');
    expect(await next.untilDead(8_000)).toEqual([]);
    await allDead(pids);
  });

  it('is ended although it is another one, of another session, all the time', async () => {
    await using fixture = await openJob(shell);
    const hop =
      '(cd /; exec env -i PATH="$PATH" H=\'exec 7<&- >/dev/null 2>&1 </dev/null; setsid sh -c "$H" &\' sh -c \'eval "$H"\')';
    await startTree(fixture, `${hop}; sleep 0.3`);
    await until('nothing is left', async () => ((await fixture.place.signal('KILL')).length === 0 ? true : null));
    expect(await fixture.place.untilDead(8_000)).toEqual([]);
    expect([...cgroupOf(fixture).members('included')]).toEqual([]);
  });

  it.runIf(canFreeze())('goes on when whoever froze the job was killed, and the job is taken over', async () => {
    await using fixture = await openJob(shell);
    await fixture.place.start({ id: 'cleanup', script: 'echo begun; until [ -e go ]; do sleep 0.01; done' });
    await waitForOutput(fixture.place, 'cleanup', 'begun');
    freeze(dirname(cgroupOf(fixture).entrance() ?? ''));
    writeFileSync(join(fixture.job.projectDir, 'go'), '');
    await waitForEnd(await shell.prepare(fixture.job, NEVER), 'cleanup');
  });

  it.runIf(canFreeze())('dies although a cgroup below the job’s is frozen', async () => {
    await using fixture = await openJob(shell);
    const pids = await startTree(fixture, daemon('cd /'));
    const below = join(dirname(cgroupOf(fixture).entrance() ?? ''), 'below');
    mkdirSync(below);
    for (const pid of pids) writeFileSync(join(below, 'cgroup.procs'), `${pid}`);
    freeze(below);
    await fixture.place.signal('KILL');
    await allDead(pids);
  });

  it('leaves no cgroup behind', async () => {
    const fixture = await openJob(shell);
    await fixture.place.start({ id: 'step', script: 'true' });
    await waitForEnd(fixture.place, 'step');
    const entrance = cgroupOf(fixture).entrance();
    expect(entrance).not.toBeNull();
    await fixture[Symbol.asyncDispose]();
    expect(() => rmdirSync(dirname(entrance ?? ''))).toThrow('ENOENT');
  });

  it('is not looked for in a cgroup that a script wrote into our records', async () => {
    await using fixture = await openJob(shell);
    const [home = ''] = findCgroupHomes();
    const foreign = join(home, `not-ours-${process.pid}`);
    mkdirSync(foreign);
    onTestFinished(() => rmdirSync(foreign));
    writeFileSync(join(fixture.job.stepsDir, 'cgroup'), `${foreign}\n`);
    expect(cgroupOf(fixture).entrance()).not.toContain(foreign);
    await cgroupOf(fixture).remove(realClock);
  });
});
