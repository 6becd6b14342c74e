import { expect, it } from 'vitest';
import { describeOnDocker, docker, images } from '../../../test/support/docker/docker.ts';
import { makeCookie } from '../cookie.ts';
import { openJob } from '../testing/executor-contract.ts';
import { createDockerExecutor } from './docker.ts';
import { type JobMark, nameOf } from './labels.ts';
import { findServices, stopServices } from './services/stop-services.ts';
import { TrialJob } from './services/testing/trial-engine.ts';
import { shell, WAIT } from './services/testing/trial-services.ts';
import { executor, executorOptions, play } from './testing/docker-bench.ts';

const LONG = 30_000;

describeOnDocker('what belongs to a job', () => {
  it(
    'bears the name of its runner’s directory',
    async () => {
      const owner = `owner-${process.pid}`;
      const service = {
        ...{ name: images.busybox, alias: 'db', entrypoint: null, command: shell(WAIT), pull_policy: [] },
        ...{ executor_opts: {}, variables: [] },
      };
      const settings = { volumes: ['/cache'], waitForServicesMs: null };
      const shop = createDockerExecutor({ ...executorOptions(settings), owner });
      await using fixture = await openJob(shop, { services: [service] });
      expect(await play(fixture.place, 'script', 'echo done')).toBe('done\n');
      const filter = `label=io.epilogue.owner=${owner}`;
      const list = (...words: readonly string[]) => docker(...words, '--filter', filter, '--format', '{{.Name}}');
      const name = nameOf(fixture.job.cookie);
      const containers = docker('ps', '--all', '--filter', filter, '--format', '{{.Names}}').split('\n');
      const cache = list('volume', 'ls');
      expect([containers.toSorted(), list('network', 'ls'), cache]).toEqual([
        [name, `${name}-svc-0`],
        name,
        expect.stringMatching(/^epilogue-cache-/),
      ]);
      await fixture.place.clean();
      docker('volume', 'rm', cache);
      expect(docker('ps', '--all', '--quiet', '--filter', filter)).toBe('');
    },
    LONG,
  );

  it(
    'is no container of its name that is another’s, which is neither used nor removed',
    async () => {
      const cookie = makeCookie();
      const name = nameOf(cookie);
      const id = docker('run', '--detach', '--network', 'none', '--name', name, images.busybox, 'sleep', '600');
      await expect(openJob(executor(), { cookie })).rejects.toMatchObject({
        code: 'executor_unavailable',
        message: expect.stringContaining(`a container ${name} is there that is not this job's`),
      });
      expect(docker('inspect', '--format', '{{.State.Running}}', id)).toBe('true');
      docker('rm', '--force', id);
    },
    LONG,
  );

  it(
    'is no service of a job of the same path on another machine',
    async () => {
      await using job = new TrialJob();
      const { engine, mark, name } = job;
      const other = { ...mark, owner: `${mark.owner}-other` };
      const before: JobMark = { ...mark, owner: null };
      const make = (index: number, whose: JobMark): Promise<string> => {
        const labels = Object.entries(job.labels('service', whose));
        const flags = labels.flatMap(([label, value]) => ['--label', `${label}=${value}`]);
        return job.docker(
          'create',
          '--name',
          `${name}-${index}`,
          ...flags,
          '--network',
          'none',
          images.busybox,
          'true',
        );
      };
      const [own, theirs, old] = await Promise.all([mark, other, before].map((whose, index) => make(index, whose)));
      expect((await findServices(engine, mark)).toSorted()).toEqual([own, old].toSorted());
      await stopServices(engine, mark, 0);
      expect(await findServices(engine, other)).toEqual([theirs]);
      await stopServices(engine, other, 0);
    },
    LONG,
  );
});
