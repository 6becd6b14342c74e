import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { bootId, type Clock, realClock } from '../../base/index.ts';
import { COOKIE_VARIABLE } from '../cookie.ts';
import { createShellExecutor } from '../shell/shell.ts';
import { readWrapper } from '../steps/step-directory.ts';
import {
  type JobFixture,
  openJob,
  readAll,
  signalUntilDead,
  until,
  waitForEnd,
  waitForOutput,
} from '../testing/executor-contract.ts';
import { allDead, isDead, startTree, treeOptions } from '../testing/process-tree.ts';
import { LONELY_WRAPPER_MS } from './lonely-wrappers.ts';
import { createProcessTree } from './process-tree.ts';
import { readProcess, startedWith } from './table/process-scan.ts';
import { createProcessTable } from './table/process-table.ts';

const shell = createShellExecutor({ clock: realClock });

const wrapperOf = ({ job }: JobFixture): number => readWrapper(join(job.stepsDir, 'tree'))?.pid ?? 0;

/** Each script prints the ids of processes that are hard to reach. */
const HARD_TO_REACH = {
  'a session of its own': "setsid sh -c 'echo $$; exec sleep 1000' & sleep 0.05",
  'a double fork': "(setsid sh -c 'echo $$; exec sleep 1000' &) ; sleep 0.05",
  'a process group of its own': 'set -m; sleep 1000 & echo $!; set +m',
  'an emptied environment below a living parent': "sh -c 'env -i setsid sleep 1000 & echo $!; wait' & sleep 0.05",
  'an emptied environment, orphaned in the session': '(env -i sleep 1000 & echo $!)',
  'a stopped process': 'sleep 1000 & echo $!; kill -STOP $!',
  'a stopped process in another session': "setsid sh -c 'echo $$; exec sleep 1000' & sleep 0.05; kill -STOP -$!",
} as const;

describe('the process tree of a job', () => {
  it.each(Object.entries(HARD_TO_REACH))('ends %s with TERM', async (_name, script) => {
    await using fixture = await openJob(shell);
    const pids = await startTree(fixture, script);
    expect(pids.length).toBeGreaterThan(0);
    await fixture.place.signal('TERM');
    await allDead(pids);
    expect(await waitForEnd(fixture.place, 'tree')).toEqual({ kind: 'ended', code: 143 });
    await until('nothing is found', async () => ((await fixture.place.signal('none')).length === 0 ? true : null));
  });

  it.each(Object.entries(HARD_TO_REACH))(
    'finds %s without knowing its past, and kills it although it ignores TERM',
    async (_name, script) => {
      await using fixture = await openJob(shell);
      const pids = await startTree(fixture, `trap '' TERM\n${script}`);
      const next = await shell.prepare(fixture.job, new AbortController().signal);
      await next.signal('TERM');
      await signalUntilDead(next, 'KILL');
      await allDead(pids);
      expect(await waitForEnd(next, 'tree')).toEqual({ kind: 'ended', code: 137 });
    },
  );

  it('still knows a process that lost its session, its environment and its parent one after the other', async () => {
    await using fixture = await openJob(shell);
    const [parent = 0, child = 0] = await startTree(
      fixture,
      "setsid sh -c 'echo $$; env -i setsid sleep 1000 & echo $!; wait' & sleep 0.1",
    );
    expect(await fixture.place.signal('none')).not.toEqual([]);
    process.kill(parent, 'SIGKILL');
    await allDead([parent]);
    await signalUntilDead(fixture.place, 'KILL');
    await allDead([child]);
  });

  it('takes a wrapper that ends while it looks for nothing that is left', async () => {
    await using fixture = await openJob(shell);
    execFileSync('mkfifo', [join(fixture.job.projectDir, 'go')]);
    await fixture.place.start({ id: 'tree', script: 'echo up; read line <go' });
    await waitForOutput(fixture.place, 'tree', 'up');
    const options = treeOptions(fixture.job, realClock);
    const scan = createProcessTable(realClock).scan();
    writeFileSync(join(fixture.job.projectDir, 'go'), '\n');
    await allDead([wrapperOf(fixture)]);
    const entries = scan.entries.filter(({ pid }) => pid === wrapperOf(fixture));
    expect(entries).toHaveLength(1);
    const early = { ...scan, entries };
    const tree = createProcessTree({ ...options, table: { scan: () => early, scanSince: () => early } });
    expect(await tree.signal('none')).toEqual([]);
  });

  it('kills processes that replace themselves faster than they can be found', async () => {
    await using fixture = await openJob(shell);
    await startTree(fixture, 'hop() { hop & }; hop 2>/dev/null');
    await signalUntilDead(fixture.place, 'KILL');
    expect((await fixture.place.look('tree')).kind).not.toBe('absent');
  });

  it('does not let a script go on when the command that it waits for is killed with it', async () => {
    await using fixture = await openJob(shell);
    const { place } = fixture;
    for (let round = 0; round < 10; round++) {
      const id = `round-${round}`;
      await place.start({ id, script: 'echo ready; sleep 1000; echo went on' });
      await waitForOutput(place, id, 'ready');
      await signalUntilDead(place, 'KILL');
      expect(await waitForEnd(place, id)).toEqual({ kind: 'ended', code: 137 });
      expect((await readAll(place, id)).toString()).not.toContain('went on');
    }
  });

  it('finds what outlived a wrapper that was killed from outside', async () => {
    await using fixture = await openJob(shell);
    const [pid = 0] = await startTree(fixture, 'setsid sleep 1000 & echo $!');
    process.kill(wrapperOf(fixture), 'SIGKILL');
    expect(await waitForEnd(fixture.place, 'tree')).toEqual({ kind: 'vanished' });
    expect((await fixture.place.signal('none')).length).toBeGreaterThan(1);
    await signalUntilDead(fixture.place, 'KILL');
    await allDead([pid]);
  });

  it('wakes a stopped wrapper, so that it can write the exit code', async () => {
    await using fixture = await openJob(shell);
    await startTree(fixture, 'true');
    process.kill(-wrapperOf(fixture), 'SIGSTOP');
    await fixture.place.signal('TERM');
    expect(await waitForEnd(fixture.place, 'tree')).toEqual({ kind: 'ended', code: 143 });
  });

  it('kills a wrapper that stays behind alone, but only a while after it was first found so', async () => {
    await using fixture = await openJob(shell);
    let now = 0;
    const clock: Clock = { ...realClock, now: () => 0, monotonic: () => now };
    const tree = createProcessTree(treeOptions(fixture.job, clock));
    const stuck = await startStuckWrapper(fixture);
    expect(await tree.signal('KILL')).toEqual([]);
    now += LONELY_WRAPPER_MS - 1;
    await tree.signal('KILL');
    expect(isDead(stuck)).toBe(false);
    now += 1;
    await tree.signal('KILL');
    await allDead([stuck]);
    expect(tree.countWrappers()).toBe(0);
  });

  it('leaves alone what belongs to another job', async () => {
    await using mine = await openJob(shell);
    await using other = await openJob(shell);
    await startTree(mine, 'true');
    await startTree(other, 'true');
    await signalUntilDead(mine.place, 'KILL');
    expect(await other.place.signal('none')).not.toEqual([]);
    expect(await other.place.look('tree')).toEqual({ kind: 'running' });
  });

  it('leaves alone a stranger that was given a dead wrapper’s pid', async () => {
    await using fixture = await openJob(shell);
    const stranger = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' });
    onTestFinished(() => void stranger.kill('SIGKILL'));
    await once(stranger, 'spawn');
    const { pid = 0 } = stranger;
    const startedAt = readProcess(pid)?.startedAt ?? 0;
    const right = `${pid} ${startedAt} ${bootId()}`;
    // The last one has the same moment and the same boot, but not the cookie: somebody forged the file.
    for (const line of [`${pid} ${startedAt - 1} ${bootId()}`, `${pid} ${startedAt} 00000000-another-boot`, right]) {
      writeWrapper(fixture, 'tree', line);
      expect((await fixture.place.look('tree')).kind).not.toBe('running');
      await fixture.place.signal('TERM');
      await fixture.place.signal('KILL');
      expect(isDead(pid)).toBe(false);
    }
  });

  it('never signals this process, even when it carries the cookie', async () => {
    const script = `
      import { createProcessTree } from ${JSON.stringify(join(import.meta.dirname, 'process-tree.ts'))};
      import { realClock } from ${JSON.stringify(join(import.meta.dirname, '../../base/index.ts'))};
      import { createProcessTable } from ${JSON.stringify(join(import.meta.dirname, 'table/process-table.ts'))};
      const cgroup = { members: () => new Set([process.pid]), frozen: (action) => action(), thaw: () => {} };
      const table = createProcessTable(realClock);
      const tree = createProcessTree({ stepsDir: '/nonexistent', cookie: 'abc', directories: [], cgroup, table, clock: realClock });
      console.log(await tree.signal('KILL'));`;
    const env = { ...process.env, EPILOGUE_JOB_COOKIE: 'abc' };
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    expect(await text(child.stdout)).toBe('[]\n');
  });
});

function writeWrapper({ job }: JobFixture, stepId: string, line: string): void {
  const dir = join(job.stepsDir, stepId);
  mkdirSync(dir, { recursive: true });
  for (const name of ['claim', 'log']) writeFileSync(join(dir, name), '');
  writeFileSync(join(dir, 'pid'), `${line}\n`);
}

/** A process that stands in for a wrapper that hangs in the kernel. */
async function startStuckWrapper(fixture: JobFixture): Promise<number> {
  const env = { [COOKIE_VARIABLE]: fixture.job.cookie };
  const child = spawn('/bin/sleep', ['1000'], { detached: true, stdio: 'ignore', env });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child, 'spawn');
  const { pid = 0 } = child;
  const entry = { pid, isHeadless: false };
  await until('it runs the program', () => startedWith(entry, `${COOKIE_VARIABLE}=${fixture.job.cookie}`) || null);
  writeWrapper(
    fixture,
    'stuck',
    `${pid} ${readProcess(pid)?.startedAt} ${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}`,
  );
  return pid;
}
