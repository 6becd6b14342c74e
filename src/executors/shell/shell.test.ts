import {
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { itAsUser } from '../../../test/support/privilege.ts';
import { realClock } from '../../base/index.ts';
import { NEVER, openJob, readAll, until, waitForEnd, waitForOutput } from '../testing/executor-contract.ts';
import { createShellExecutor } from './shell.ts';

const shell = createShellExecutor({ clock: realClock });

describe('the shell executor', () => {
  it('gives a step the job’s environment and nothing of its own', async () => {
    vi.stubEnv('EPILOGUE_TEST_OF_RUNNER', 'secret');
    onTestFinished(() => void vi.unstubAllEnvs());
    await using fixture = await openJob(shell, { environment: { PATH: '/usr/bin:/bin', NAME: 'a b' } });
    const { job, place } = fixture;
    await place.start({ id: 'env', script: 'env; exit' });
    await waitForEnd(place, 'env');
    const lines = (await readAll(place, 'env')).toString().trim().split('\n').sort();
    const ofBash = /^(PWD|OLDPWD|SHLVL|_)=/;
    expect(lines.filter((line) => !ofBash.test(line))).toEqual([
      `EPILOGUE_JOB_COOKIE=${job.cookie}`,
      `EPILOGUE_NESTED_RUNS=${job.stepsDir}/nested-runs`,
      'NAME=a b',
      'PATH=/usr/bin:/bin',
    ]);
  });

  it('runs steps in the project directory, without input and without our files', async () => {
    await using fixture = await openJob(shell);
    const { job, place } = fixture;
    const ours = join(job.stepsDir, 'ours');
    const fd = openSync(ours, 'w');
    await place.start({ id: 'step', script: 'pwd; cat; ls -l /proc/self/fd' });
    await waitForEnd(place, 'step');
    closeSync(fd);
    const output = (await readAll(place, 'step')).toString();
    expect(output).toMatch(new RegExp(`^${job.projectDir}\n`));
    expect(output).not.toContain(ours);
  });

  it.each([
    ['a file', (dir: string) => writeFileSync(dir, '')],
    ['a dangling link', (dir: string) => symlinkSync('/nonexistent/x', dir)],
    ['a link to itself', (dir: string) => symlinkSync(dir, dir)],
  ])('starts a step elsewhere when %s stands in the place of the project directory', async (_, put) => {
    await using fixture = await openJob(shell);
    const { job, place } = fixture;
    rmSync(job.projectDir, { recursive: true });
    put(job.projectDir);
    await place.start({ id: 'step', script: 'echo fine' });
    expect(await waitForEnd(place, 'step')).toEqual({ kind: 'ended', code: 0 });
    expect((await readAll(place, 'step')).toString()).toBe('fine\n');
  });

  itAsUser('starts a step elsewhere when the project directory may not be entered', async () => {
    await using fixture = await openJob(shell);
    const { job, place } = fixture;
    for (const mode of [0o000, 0o644]) {
      chmodSync(job.projectDir, mode);
      await place.start({ id: `step-${mode}`, script: 'echo fine' });
      expect(await waitForEnd(place, `step-${mode}`)).toEqual({ kind: 'ended', code: 0 });
    }
  });

  it('gives a place to a job that has run, although neither its shell nor its directory can be had', async () => {
    await using fixture = await openJob(shell);
    const { job, place } = fixture;
    await place.start({ id: 'step', script: 'echo ready; sleep 1000' });
    await waitForOutput(place, 'step', 'ready');
    rmSync(job.projectDir, { recursive: true });
    writeFileSync(job.projectDir, '');
    const bare = createShellExecutor({ clock: realClock, shell: '/nonexistent/bash' });
    const next = await bare.prepare(job, NEVER);
    await next.signal('KILL');
    expect(await next.untilDead(8_000)).toEqual([]);
    await expect(next.start({ id: 'after', script: '' })).rejects.toMatchObject({ code: 'step_not_started' });
    const fresh = { ...job, stepsDir: join(job.stepsDir, 'fresh') };
    await expect(bare.prepare(fresh, NEVER)).rejects.toMatchObject({ code: 'executor_unavailable' });
  });

  it('keeps directories and scripts from other users', async () => {
    await using fixture = await openJob(shell);
    const { job, place } = fixture;
    await place.start({ id: 'step', script: 'true' });
    const mode = (path: string): number => statSync(path).mode & 0o777;
    expect(mode(job.projectDir)).toBe(0o700);
    expect(mode(join(job.stepsDir, 'step'))).toBe(0o700);
    expect(mode(join(job.stepsDir, 'step', 'script'))).toBe(0o600);
  });

  it('uses bash unless told otherwise', async () => {
    await using withBash = await openJob(shell);
    expect(withBash.place.shell).toBe('bash');
    await using withSh = await openJob(createShellExecutor({ clock: realClock, shell: 'sh' }));
    expect(withSh.place.shell).toBe('sh');
    await withSh.place.start({ id: 'step', script: '[ -z "$BASH_VERSION" ]' });
    expect((await waitForEnd(withSh.place, 'step')).kind).toBe('ended');
  });

  it('never loses a TERM that comes right after the start', async () => {
    await using fixture = await openJob(shell);
    const { place } = fixture;
    for (let round = 0; round < 20; round++) {
      const id = `step-${round}`;
      await place.start({ id, script: 'sleep 1000; sleep 1000' });
      await place.signal('TERM');
      expect(await waitForEnd(place, id)).toEqual({ kind: 'ended', code: 143 });
    }
  });

  it('either runs a step to its TERM or not at all when both come at once', async () => {
    await using fixture = await openJob(shell);
    const { place } = fixture;
    for (let round = 0; round < 20; round++) {
      const id = `step-${round}`;
      const starting = place.start({ id, script: 'sleep 1000' }).catch((error: unknown) => error);
      await place.signal('TERM');
      await starting;
      await until('it is over', async () => ((await place.signal('TERM')).length === 0 ? true : null));
      expect((await waitForEnd(place, id)).kind).not.toBe('running');
    }
  });

  it('passes a line of 300 MB through a small buffer, in little memory', async () => {
    await using fixture = await openJob(shell);
    const { place } = fixture;
    await place.start({ id: 'step', script: "head -c 300000000 /dev/zero | tr '\\0' x" });
    const into = Buffer.alloc(1024 * 1024);
    const before = process.memoryUsage().rss;
    let peak = 0;
    let offset = 0;
    for (let over = false; ; ) {
      const count = await place.readLog('step', offset, into);
      offset += count;
      peak = Math.max(peak, process.memoryUsage().rss);
      if (count === 0 && over) break;
      if (count > 0) continue;
      over = (await place.look('step')).kind === 'ended';
      if (!over) await place.changed('step', 1_000);
    }
    expect(offset).toBe(300_000_000);
    expect(peak - before).toBeLessThan(64 * 1024 * 1024);
  });

  it('leaves a project directory that was there before', async () => {
    await using first = await openJob(shell);
    const theirs = join(first.job.stepsDir, 'theirs');
    mkdirSync(theirs);
    writeFileSync(join(theirs, 'file'), 'kept');
    await using second = await openJob(shell, { projectDir: theirs });
    await second.place.clean();
    expect(readFileSync(join(theirs, 'file'), 'utf8')).toBe('kept');
  });

  it('removes nothing where a script has put a link in the place of the directory above', async () => {
    await using fixture = await openJob(shell);
    const root = dirname(fixture.job.projectDir);
    const job = { ...fixture.job, stepsDir: join(root, 'more-steps'), projectDir: join(root, 'build', 'project') };
    mkdirSync(job.stepsDir);
    const place = await shell.prepare(job, NEVER);
    const precious = join(root, 'elsewhere', 'project', 'file');
    mkdirSync(dirname(precious), { recursive: true });
    writeFileSync(precious, 'kept');
    renameSync(join(root, 'build'), join(root, 'aside'));
    symlinkSync(join(root, 'elsewhere'), join(root, 'build'));
    await expect(place.clean()).rejects.toMatchObject({ code: 'place_left', message: /leads elsewhere now/ });
    expect(readFileSync(precious, 'utf8')).toBe('kept');
  });

  it('removes a project directory that an earlier process made', async () => {
    await using fixture = await openJob(shell);
    const next = await shell.prepare(fixture.job, NEVER);
    await next.clean();
    expect(statSync(fixture.job.projectDir, { throwIfNoEntry: false })).toBeUndefined();
  });
});

describe('trouble with the machine', () => {
  it('names the shell that it looked for', async () => {
    const missing = createShellExecutor({ clock: realClock, shell: '/nowhere/fish' });
    await expect(openJob(missing)).rejects.toMatchObject({ code: 'executor_unavailable', message: /\/nowhere\/fish/ });
    const unknown = createShellExecutor({ clock: realClock, shell: 'fisch', searchPath: '/opt/none' });
    await expect(openJob(unknown)).rejects.toMatchObject({ message: /fisch in \/opt\/none, \/bin/ });
  });

  it('says that the project directory cannot be made, and why', async () => {
    await using fixture = await openJob(shell);
    const file = join(fixture.job.stepsDir, 'file');
    writeFileSync(file, '');
    const job = { ...fixture.job, projectDir: join(file, 'project') };
    await expect(shell.prepare(job, NEVER)).rejects.toMatchObject({ code: 'executor_unavailable', message: /ENOTDIR/ });
  });

  it('gives a step its project directory back when a script has removed it', async () => {
    await using fixture = await openJob(shell);
    rmSync(fixture.job.projectDir, { recursive: true });
    await fixture.place.start({ id: 'step', script: 'pwd' });
    await waitForEnd(fixture.place, 'step');
    expect((await readAll(fixture.place, 'step')).toString()).toBe(`${fixture.job.projectDir}\n`);
  });

  it('says that the variables are too large', async () => {
    await using fixture = await openJob(shell, { environment: { LARGE: 'x'.repeat(4_000_000) } });
    const start = fixture.place.start({ id: 'step', script: 'true' });
    await expect(start).rejects.toMatchObject({ code: 'step_not_started', message: /variables are larger/ });
  });
});
