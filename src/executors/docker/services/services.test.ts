import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { describeOnDocker, images } from '../../../../test/support/docker/docker.ts';
import { removeNetwork } from './network.ts';
import type { Services } from './services.ts';
import { stopServices } from './stop-services.ts';
import { TrialJob } from './testing/trial-engine.ts';
import { shell, trialServices, WAIT } from './testing/trial-services.ts';

const HTTPD = shell('httpd -f -p 8080 & wait');

async function end(job: TrialJob, services: Services): Promise<void> {
  await services.stop(5);
  await removeNetwork(job.engine, job.name);
}

/** Podman's `wait` waits for the end that comes next. */
async function untilEnded(job: TrialJob, id = ''): Promise<void> {
  const isRunning = () => job.docker('inspect', '--format', '{{.State.Running}}', id);
  await vi.waitUntil(async () => (await isRunning()) === 'false', 10_000);
}

/** Asks a service from another container of the job's network. */
function ask(job: TrialJob, ...command: readonly string[]): Promise<string> {
  return job.docker('run', '--rm', '--network', job.name, images.busybox, ...command);
}

describeOnDocker('services of a job', () => {
  it('start in order, are waited for and reached by all their names', async () => {
    await using job = new TrialJob();
    const image = await job.image('EXPOSE 8080/tcp', 'EXPOSE 9090/tcp', 'EXPOSE 53/udp');
    const log: string[] = [];
    const services = await trialServices(
      job,
      {
        services: [
          { name: image, alias: 'web, www', command: HTTPD },
          { name: image, alias: 'other', command: HTTPD },
        ],
      },
      log,
    );
    expect(log).toEqual([
      expect.stringMatching(/WARNING: Service trial-\w+:1 is not reached as trial-\w+: a service before it is/),
      `Starting service ${image}...`,
      `Starting service ${image}...`,
      'Waiting for services to be up and running (timeout 30 seconds)...',
    ]);
    expect(services.hosts).toEqual([]);
    const names = [image.slice(0, -2), 'web', 'www', 'other'];
    const script = 'for name; do wget -qO- http://$name:8080/up; done';
    await Promise.all(services.ids.map((id) => job.docker('exec', id, 'sh', '-c', 'echo up >/up')));
    expect(await ask(job, 'sh', '-c', script, 'sh', ...names)).toBe('up\nup\nup\nup');
    await end(job, services);
  });

  it('are found again by a second call, and by two at once', async () => {
    await using job = new TrialJob();
    const wanted = {
      services: [
        { alias: 'a', command: shell(WAIT) },
        { alias: 'b', command: shell(WAIT) },
      ],
    };
    const [first, second] = await Promise.all([trialServices(job, wanted), trialServices(job, wanted)]);
    const log: string[] = [];
    const third = await trialServices(job, wanted, log);
    expect(new Set([...first.ids, ...second.ids, ...third.ids]).size).toBe(2);
    expect(log.filter((line) => line.startsWith('Starting'))).toEqual([]);
    await end(job, third);
  });

  it("know the job's public variables and their own, which go first", async () => {
    await using job = new TrialJob();
    const services = await trialServices(job, {
      variables: { SHARED: 'job', DB: 'shop' },
      services: [{ command: shell(WAIT), env: { SHARED: 'own', URL: 'pg://$DB' } }],
    });
    const env = await job.docker('inspect', '--format', '{{json .Config.Env}}', services.ids[0] ?? '');
    expect(JSON.parse(env)).toEqual(expect.arrayContaining(['SHARED=own', 'DB=shop', 'URL=pg://shop']));
    await end(job, services);
  });

  it('warn with code and last lines when they end at once, and do so once', async () => {
    await using job = new TrialJob();
    const log: string[] = [];
    const services = await trialServices(
      job,
      { services: [{ command: shell('echo no config; echo giving up >&2; exit 3'), alias: 'db' }] },
      log,
    );
    // It ends whenever it likes: while it is waited for, or later.
    const said = await vi.waitUntil(async () => {
      log.push(...(await services.died()));
      return log.some((line) => line.includes('exited with code 3')) && log.join('\n');
    }, 10_000);
    expect(said).toContain('no config');
    expect(said).toContain('giving up');
    expect(await services.died()).toEqual([]);
    await end(job, services);
  });

  it('tell when one dies later, and when one is taken away', async () => {
    await using job = new TrialJob();
    const services = await trialServices(job, {
      services: [
        { alias: 'a', command: shell('echo up; trap "echo bye; exit 7" USR1; while :; do sleep 600 & wait $!; done') },
        { alias: 'b', command: shell(WAIT) },
      ],
    });
    const [first = '', second = ''] = services.ids;
    await vi.waitUntil(async () => (await job.docker('logs', first)) === 'up', 10_000);
    expect(await services.died()).toEqual([]);
    await job.docker('kill', '--signal', 'USR1', first);
    await untilEnded(job, first);
    await job.docker('rm', '--force', second);
    const died = await services.died();
    expect(died.join('\n')).toMatch(
      /does not run any more: exited with code 7\. What it printed last:\n {2}up\n {2}bye/,
    );
    expect(died.at(-1)).toMatch(/does not run any more: its container was removed$/);
    expect(await services.died()).toEqual([]);
    await end(job, services);
  });

  it('are named out of memory when they were killed for it', async () => {
    await using job = new TrialJob();
    const services = await trialServices(job, {
      settings: { serviceMemoryBytes: 8 * 1024 * 1024, waitForServicesMs: null },
      services: [{ command: ['tail', '/dev/zero'] }],
    });
    await untilEnded(job, services.ids[0]);
    expect((await services.died()).join('\n')).toContain(
      'exited with code 137, killed because its memory was used up (OOMKilled)',
    );
    await end(job, services);
  });

  it('get TERM and a grace, then go with their anonymous volumes', async () => {
    await using job = new TrialJob();
    const image = await job.image('VOLUME /data');
    const services = await trialServices(job, {
      binds: [`${job.home}:/out`],
      services: [
        {
          name: image,
          command: ['sh', '-c', `trap 'sleep 1; echo saved >/out/saved; exit 0' TERM; touch /out/up; ${WAIT}`],
        },
      ],
    });
    await vi.waitUntil(() => existsSync(join(job.home, 'up')), 10_000);
    const mounts = await job.docker('inspect', '--format', '{{range .Mounts}}{{.Name}} {{end}}', services.ids[0] ?? '');
    expect(mounts).toMatch(/^\w{64}$/);
    await services.stop(20);
    expect(readFileSync(join(job.home, 'saved'), 'utf8')).toBe('saved\n');
    await expect(job.docker('volume', 'inspect', mounts)).rejects.toThrow(/No such volume/i);
    await end(job, services);
  });

  it('are killed after the grace, paused or not, and found by a runner that did not start them', async () => {
    await using job = new TrialJob();
    const deaf = ['sh', '-c', `trap '' TERM; ${WAIT}`];
    const { ids } = await trialServices(job, {
      services: [
        { alias: 'a', command: deaf },
        { alias: 'b', command: deaf },
      ],
    });
    await job.docker('pause', ids[0] ?? '');
    await Promise.all([stopServices(job.engine, job.mark, 1), stopServices(job.engine, job.mark, 1)]);
    await stopServices(job.engine, job.mark, 1);
    await removeNetwork(job.engine, job.name);
  });

  it('fail the job when they cannot be started', async () => {
    await using job = new TrialJob();
    await expect(trialServices(job, { services: [{ command: ['no-such-program'] }] })).rejects.toMatchObject({
      code: 'executor_unavailable',
      message: expect.stringMatching(/^service \S+:latest cannot be started: .*no-such-program/s),
    });
    await stopServices(job.engine, job.mark, 0);
    await removeNetwork(job.engine, job.name);
  });

  it('are told line by line in the log where the job asks for it', async () => {
    await using job = new TrialJob();
    const log: string[] = [];
    const services = await trialServices(
      job,
      { variables: { CI_DEBUG_SERVICES: 'true' }, services: [{ command: shell(`printf 'one\\ntwo\\n'; ${WAIT}`) }] },
      log,
    );
    const told = await vi.waitUntil(() => {
      const lines = log.filter((line) => line.startsWith('[service:'));
      return lines.length >= 2 && lines;
    }, 10_000);
    expect(told).toEqual([`[service:${images.busybox}:latest] one`, `[service:${images.busybox}:latest] two`]);
    await end(job, services);
  });
});
