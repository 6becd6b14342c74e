import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { describeOnDocker, images } from '../../../../test/support/docker/docker.ts';
import type { ThingType } from '../labels.ts';
import { TrialJob } from '../services/testing/trial-engine.ts';
import { findLeftovers, type Leftover, removeLeftovers } from './sweep.ts';

describeOnDocker('sweeping an engine', () => {
  const labelled = (job: TrialJob, type: ThingType): readonly string[] =>
    Object.entries(job.labels(type)).flatMap(([label, value]) => ['--label', `${label}=${value}`]);

  /** Other test files have theirs in the same engine. */
  async function leftoversOf({ engine, home }: TrialJob): Promise<readonly Leftover[]> {
    const all = await findLeftovers(engine);
    return all.filter((leftover) => leftover.home === home);
  }

  /** A job that is over, and nobody has cleaned up after. */
  async function leave(job: TrialJob): Promise<void> {
    const { name, home } = job;
    await job.docker('network', 'create', ...labelled(job, 'network'), name);
    await job.docker('volume', 'create', ...labelled(job, 'cache'), `${name}-cache`);
    await job.docker('volume', 'create', ...labelled(job, 'volume'), `${name}-volume`);
    const script = `trap 'touch /out/ended; exit' TERM; touch /out/up; sleep 600 & wait`;
    const mounts = ['--volume', `${home}:/out`, '--volume', `${name}-volume:/volume`, '--network', name];
    await job.docker(
      'run',
      '--detach',
      '--name',
      name,
      ...labelled(job, 'build'),
      ...mounts,
      images.busybox,
      'sh',
      '-c',
      script,
    );
    await job.docker(
      'create',
      '--name',
      `${name}-svc-0`,
      ...labelled(job, 'service'),
      '--network',
      'none',
      images.busybox,
      'true',
    );
    await vi.waitUntil(() => existsSync(join(home, 'up')), 10_000);
  }

  it('finds what is labelled, with the facts of its job, and removes it, but for caches', async () => {
    await using job = new TrialJob();
    await leave(job);
    const found = await leftoversOf(job);
    expect(found.map(({ kind, name, type }) => `${kind} ${name.replace(job.name, 'x')} ${type}`).sort()).toEqual([
      'container x build',
      'container x-svc-0 service',
      'network x network',
      'volume x-cache cache',
      'volume x-volume volume',
    ]);
    const build = found.find(({ type }) => type === 'build');
    expect(build).toMatchObject({ home: job.home, isRunning: true, job: '7', project: 'root/shop', coordinator: null });
    expect(found.every(({ createdAt }) => (createdAt ?? 0) > Date.UTC(2026))).toBe(true);

    const lines: string[] = [];
    const say = (line: string): number => lines.push(line);
    expect(await removeLeftovers(job.engine, found, { say })).toEqual([]);
    expect(existsSync(join(job.home, 'ended'))).toBe(true);
    expect(lines).toHaveLength(4);
    expect(lines).toContain(`Removed container ${job.name} of job 7 in root/shop`);
    const caches = await leftoversOf(job);
    expect(caches.map(({ type }) => type)).toEqual(['cache']);
    // What is gone already is no trouble.
    expect(await removeLeftovers(job.engine, found, { say, caches: true })).toEqual([]);
  });

  it('says what could not be removed', async () => {
    await using job = new TrialJob();
    const volume = `${job.name}-volume`;
    await job.docker('volume', 'create', ...labelled(job, 'volume'), volume);
    const user = await job.docker('create', '--network', 'none', '--volume', `${volume}:/v`, images.busybox, 'true');
    const lines: string[] = [];
    const found = await leftoversOf(job);
    const stuck = await removeLeftovers(job.engine, found, { say: (line) => lines.push(line) });
    expect(stuck.map(({ name }) => name)).toEqual([volume]);
    expect(lines).toEqual([
      expect.stringMatching(/^Could not remove volume \S+ of job 7 in root\/shop: .*is (in use|being used)/),
    ]);
    await job.docker('rm', user);
    expect(await removeLeftovers(job.engine, stuck, { say: (line) => lines.push(line) })).toEqual([]);
  });
});
