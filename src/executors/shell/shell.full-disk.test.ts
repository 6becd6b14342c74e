import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeAsRoot } from '../../../test/support/privilege.ts';
import { realClock } from '../../base/index.ts';
import { NEVER, openJob, waitForEnd } from '../testing/executor-contract.ts';
import { createShellExecutor } from './shell.ts';

const shell = createShellExecutor({ clock: realClock });

/** A disk of 256 KB of our own. */
let disk = '';
let mounted = false;
beforeEach(() => {
  disk = mkdtempSync(join(tmpdir(), 'epilogue-disk-'));
  mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', disk], { stdio: 'ignore' }).status === 0;
  mkdirSync(join(disk, 'steps'), { mode: 0o700 });
});
afterEach(() => {
  if (mounted) execFileSync('umount', [disk]);
  rmSync(disk, { recursive: true, force: true });
});

const fill = (): void => {
  expect(() => writeFileSync(join(disk, 'rest'), Buffer.alloc(1024 * 1024))).toThrow('ENOSPC');
};

describeAsRoot('a full disk', () => {
  it('does not keep a step from ending with its exit code', async () => {
    expect(mounted).toBe(true);
    await using fixture = await openJob(shell, { stepsDir: join(disk, 'steps') });
    await fixture.place.start({ id: 'step', script: 'head -c 1000000 /dev/zero; exit 3' });
    expect(await waitForEnd(fixture.place, 'step')).toEqual({ kind: 'ended', code: 3 });
    const next = await shell.prepare(fixture.job, NEVER);
    expect(await next.look('step')).toEqual({ kind: 'ended', code: 3 });
  });

  it('refuses a step, saying so, and lets it start once there is room', async () => {
    expect(mounted).toBe(true);
    await using fixture = await openJob(shell, { stepsDir: join(disk, 'steps') });
    const { place } = fixture;
    fill();
    const step = { id: 'step', script: `# ${'x'.repeat(50_000)}` };
    await expect(place.start(step)).rejects.toMatchObject({ code: 'step_not_started', message: /no space left/ });
    expect(await place.look('step')).toEqual({ kind: 'absent' });
    rmSync(join(disk, 'rest'));
    await place.start(step);
    expect(await waitForEnd(place, 'step')).toEqual({ kind: 'ended', code: 0 });
  });

  it('does not keep a step from starting for which room was made, once its place was cleared', async () => {
    expect(mounted).toBe(true);
    await using fixture = await openJob(shell, { stepsDir: join(disk, 'steps') });
    const { place } = fixture;
    const step = { id: 'step', script: `# ${'x'.repeat(50_000)}` };
    await place.reserve(step);
    fill();
    await place.clear('step');
    await place.start(step);
    expect(await waitForEnd(place, 'step')).toEqual({ kind: 'ended', code: 0 });
  });

  it('does not keep a step from being forbidden', async () => {
    expect(mounted).toBe(true);
    await using fixture = await openJob(shell, { stepsDir: join(disk, 'steps') });
    fill();
    await fixture.place.forbid('step');
    rmSync(join(disk, 'rest'));
    await expect(fixture.place.start({ id: 'step', script: '' })).rejects.toMatchObject({ code: 'step_forbidden' });
  });
});

describeAsRoot('a read-only directory', () => {
  it('refuses a step, saying so', async () => {
    expect(mounted).toBe(true);
    await using fixture = await openJob(shell, { stepsDir: join(disk, 'steps') });
    execFileSync('mount', ['-o', 'remount,ro', disk]);
    const start = fixture.place.start({ id: 'step', script: 'true' });
    await expect(start).rejects.toMatchObject({ code: 'step_not_started', message: /read-only/ });
  });

  it('refuses to prepare a project directory there, saying so', async () => {
    expect(mounted).toBe(true);
    await using fixture = await openJob(shell);
    execFileSync('mount', ['-o', 'remount,ro', disk]);
    const job = { ...fixture.job, projectDir: join(disk, 'project') };
    await expect(shell.prepare(job, NEVER)).rejects.toMatchObject({ code: 'executor_unavailable', message: /EROFS/ });
  });
});
