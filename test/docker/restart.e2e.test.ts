import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DockerEngine, startEngine } from '../../src/executors/testing/docker/engine.ts';
import { bringImages } from '../../src/executors/testing/docker/images.ts';
import { removeDirectory } from '../../src/executors/testing/docker/remove-directory.ts';
import { describeOnDocker, docker, images } from '../support/docker/docker.ts';
import { pipelineOf, useDockerLab } from './support/docker-lab.ts';

const LONG = { timeout: 120_000 };

describeOnDocker('a job whose engine is started anew', () => {
  describe('with live-restore, its containers living on', () => {
    const { begin, restart, lab, dockerLab } = useOwnEngine(['--live-restore']);

    it('goes on with its script', LONG, async () => {
      const job = await begin({ id: 'script' }, 'script.begun');
      await restart();
      dockerLab.touch('script.go');
      expect(await job.ended()).toMatchObject({ status: 'success', cleanup: { outcome: 'succeeded', attempt: 1 } });
      expect(dockerLab.read('script.cleaned')).toBe('success succeeded 1 kept\n');
      await dockerLab.untilNothingIsLeft();
    });

    it('is stopped, and has its cleanup, when it is canceled while the engine is away', LONG, async () => {
      const job = await begin({ id: 'cancel' }, 'cancel.begun');
      await restart(() => lab.api('POST', `${job.path}/cancel`));
      expect(await job.ended()).toMatchObject({ status: 'canceled', cleanup: { outcome: 'succeeded', attempt: 1 } });
      expect(dockerLab.read('cancel.cleaned')).toBe('canceled canceled 1 kept\n');
      await dockerLab.untilNothingIsLeft();
    });

    it('goes on with its cleanup', LONG, async () => {
      const cleanup = [dockerLab.waitFor('cleanup.clean')];
      const job = await begin({ id: 'cleanup', script: [], cleanup }, 'cleanup.cleaned');
      await restart();
      dockerLab.touch('cleanup.clean');
      expect(await job.ended()).toMatchObject({ status: 'success', cleanup: { outcome: 'succeeded', attempt: 1 } });
      await dockerLab.untilNothingIsLeft();
    });
  });

  describe('without, its containers ending with it', () => {
    const { begin, restart, strike, lab, dockerLab } = useOwnEngine([]);

    it('has its cleanup in the container of its script', LONG, async () => {
      const job = await begin({ id: 'script' }, 'script.begun');
      await restart();
      expect(await job.ended()).toMatchObject({
        failure_reason: 'runner_system_failure',
        cleanup: { outcome: 'succeeded', attempt: 1 },
      });
      expect(dockerLab.read('script.cleaned')).toBe('failed failed 1 kept\n');
      expect(dockerLab.read('script.host2')).toBe(dockerLab.read('script.host'));
      await dockerLab.untilNothingIsLeft();
    });

    it(
      'has its cleanup when engine and runner are killed at once, the runner being there again first',
      LONG,
      async () => {
        const job = await begin({ id: 'both' }, 'both.begun');
        await Promise.all([strike(), lab.kill()]);
        dockerLab.start(['--no-guard']);
        await restart();
        expect(await job.ended()).toMatchObject({ status: 'failed', cleanup: { outcome: 'succeeded', attempt: 1 } });
        expect(dockerLab.read('both.cleaned')).toMatch(/^failed \w+ 1 kept\n$/);
        await dockerLab.untilNothingIsLeft();
      },
    );

    it('has its cleanup once more where that was cut off', LONG, async () => {
      const cleanup = [dockerLab.waitFor('cleanup.clean')];
      const job = await begin({ id: 'cleanup', script: [], cleanup }, 'cleanup.cleaned');
      await restart();
      dockerLab.touch('cleanup.clean');
      expect(await job.ended()).toMatchObject({ status: 'success', cleanup: { outcome: 'succeeded', attempt: 2 } });
      expect(dockerLab.read('cleanup.cleaned')).toBe('success succeeded 1 kept\nsuccess succeeded 2 kept\n');
      await dockerLab.untilNothingIsLeft();
    });
  });
});

/** Nobody else is disturbed when it goes. */
function useOwnEngine(more: readonly string[]) {
  const dir = mkdtempSync(join(tmpdir(), 'engine-'));
  const dockerLab = useDockerLab(`unix://${dir}/docker.sock`);
  const { lab, host } = dockerLab;
  let engine: DockerEngine | null = null;
  beforeAll(async () => {
    engine = await startEngine(dir, { more });
    await bringImages(host, [images.busybox]);
  }, 60_000);
  afterAll(async () => {
    const left = docker('--host', host, 'ps', '--all', '--quiet');
    // They would live on.
    if (left !== '') docker('--host', host, 'rm', '--force', ...left.split('\n'));
    await engine?.stop();
    removeDirectory(dir);
    expect(left).toBe('');
  }, 60_000);
  return {
    dockerLab,
    lab,
    /** Starts a job, and waits for this file. */
    async begin(pipeline: Parameters<typeof pipelineOf>[1], file: string) {
      const job = await lab.push(pipelineOf(dockerLab, pipeline));
      dockerLab.start(['--no-guard']);
      await dockerLab.until(file);
      return job;
    },
    strike: async (): Promise<void> => engine?.kill(),
    async restart(meanwhile?: () => Promise<unknown>): Promise<void> {
      await engine?.stop();
      await meanwhile?.();
      engine = await startEngine(dir, { more });
    },
  };
}
