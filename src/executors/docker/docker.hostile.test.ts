import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeOnDocker, docker } from '../../../test/support/docker/docker.ts';
import { openJob, readAll, signalUntilDead, until, waitForEnd, waitForOutput } from '../testing/executor-contract.ts';
import { nameOf } from './labels.ts';
import { executor, inspect, play } from './testing/docker-bench.ts';

const LONG = 30_000;

describeOnDocker('a job that is hostile to its container', () => {
  it.each(['kill -TERM -1', 'kill -INT 1; kill -TERM 1; kill -HUP 1; kill -QUIT 1; kill -USR1 1'])(
    'leaves it running with %s',
    async (script) => {
      await using fixture = await openJob(executor());
      const { place, job } = fixture;
      await place.start({ id: 'script', script: `${script}; echo on` });
      await waitForEnd(place, 'script');
      expect(inspect(job, '{{.State.Running}}')).toBe('true');
      expect(await play(place, 'after', 'echo cleaned')).toBe('cleaned\n');
    },
    LONG,
  );

  it(
    'is stopped although the container is paused',
    async () => {
      await using fixture = await openJob(executor());
      const { place, job } = fixture;
      await place.start({ id: 'script', script: 'echo up; sleep 1000' });
      await waitForOutput(place, 'script', 'up');
      docker('pause', nameOf(job.cookie));
      expect(await place.signal('KILL')).toMatchObject([{ name: 'sh' }, { name: 'sleep' }]);
      expect(await waitForEnd(place, 'script')).toEqual({ kind: 'ended', code: 137 });
      expect(await play(place, 'after', 'echo cleaned')).toBe('cleaned\n');
    },
    LONG,
  );

  it(
    'is stopped although it has used up all processes that the container may have',
    async () => {
      await using fixture = await openJob(executor({ pidsLimit: 20 }));
      const { place } = fixture;
      const script = 'i=0; while [ $i -lt 40 ]; do sleep 1000 & i=$((i+1)); done; wait';
      await place.start({ id: 'script', script });
      await waitForOutput(place, 'script', "can't fork");
      await signalUntilDead(place, 'KILL');
      await waitForEnd(place, 'script');
      expect(await play(place, 'after', 'echo cleaned')).toBe('cleaned\n');
    },
    LONG,
  );

  it(
    'is stopped as a fork bomb',
    async () => {
      await using fixture = await openJob(executor({ pidsLimit: 200 }));
      const { place } = fixture;
      await place.start({ id: 'script', script: 'echo up; b() { b & b & }; b 2>/dev/null; sleep 1000' });
      await waitForOutput(place, 'script', 'up');
      await signalUntilDead(place, 'KILL');
      // Its wrapper may have gone with it.
      expect(['ended', 'vanished']).toContain((await waitForEnd(place, 'script')).kind);
      expect(await play(place, 'after', 'echo cleaned')).toBe('cleaned\n');
    },
    LONG,
  );

  it(
    'is told that its memory was used up, and cleans up in the same container',
    async () => {
      await using fixture = await openJob(executor({ memoryBytes: 64 * 2 ** 20, memorySwapBytes: 64 * 2 ** 20 }));
      const { place, job } = fixture;
      const id = inspect(job, '{{.Id}}');
      await place.start({ id: 'script', script: 'echo made >/tmp/made; tail -c 200000000 /dev/zero; exit 137' });
      expect(await waitForEnd(place, 'script')).toEqual({
        kind: 'ended',
        code: 137,
        remarks: ['the kernel killed a process for want of memory (OOM): the limit of the container is 64 MiB'],
      });
      await place.start({ id: 'after', script: 'cat /tmp/made; exit 1' });
      expect(await waitForEnd(place, 'after'), 'blames no innocent step').toEqual({ kind: 'ended', code: 1 });
      expect([(await readAll(place, 'after')).toString(), inspect(job, '{{.Id}}')]).toEqual(['made\n', id]);
    },
    LONG,
  );

  it(
    'is stopped although its files have used up the memory of the container',
    async () => {
      await using fixture = await openJob(
        executor({ memoryBytes: 64 * 2 ** 20, memorySwapBytes: 64 * 2 ** 20, tmpfs: { '/full': 'size=200m' } }),
      );
      const { place } = fixture;
      await place.start({ id: 'script', script: 'echo up; dd if=/dev/zero of=/full/x bs=1M count=100; sleep 1000' });
      await waitForOutput(place, 'script', 'up');
      await until('its memory is used up', async () => {
        const state = await place.look('script');
        return state.kind !== 'running' || (await readAll(place, 'script')).includes('Killed') ? true : null;
      });
      await signalUntilDead(place, 'KILL');
      expect(await play(place, 'after', 'echo cleaned')).toBe('cleaned\n');
    },
    LONG,
  );

  it(
    'is cleaned although it has given its container another name, or hidden what the container said of itself',
    async () => {
      const shop = executor();
      await using fixture = await openJob(shop);
      const { place, job } = fixture;
      docker('rename', nameOf(job.cookie), `${nameOf(job.cookie)}-hidden`);
      expect(await play(place, 'script', 'rm -f "$PWD/../steps/.container.note"; echo done')).toBe('done\n');
      expect(await play(place, 'after', 'echo cleaned')).toBe('cleaned\n');
    },
    LONG,
  );

  it(
    'cannot make the runner write through links of its own',
    async () => {
      await using fixture = await openJob(executor());
      const { place, job } = fixture;
      const outside = join(job.stepsDir, '..', 'outside');
      mkdirSync(outside);
      for (const name of ['.container.note', '.container.environment']) writeFileSync(join(outside, name), 'precious');
      const links = `ln -sf ${outside} ${job.stepsDir}/after; ln -sf ${outside}/.container.note ${job.stepsDir}/.container.note`;
      expect(await play(place, 'script', links)).toBe('');
      docker('kill', nameOf(job.cookie));
      await expect(place.start({ id: 'after', script: 'echo cleaned' })).rejects.toThrow(/step after was not started/);
      await place.clear('after');
      expect(await play(place, 'after', 'echo cleaned')).toBe('cleaned\n');
      expect(readdirSync(outside).map((name) => readFileSync(join(outside, name), 'utf8'))).toEqual([
        'precious',
        'precious',
      ]);
    },
    LONG,
  );
});
