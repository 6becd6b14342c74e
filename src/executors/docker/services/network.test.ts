import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeOnDocker, images } from '../../../../test/support/docker/docker.ts';
import { realClock } from '../../../base/index.ts';
import { createEngine, type Engine } from '../engine/engine.ts';
import { type NetworkOptions, provideNetwork, removeNetwork } from './network.ts';
import { TrialJob } from './testing/trial-engine.ts';

const NEVER = new AbortController().signal;

function options(job: TrialJob, networkMode: string | null = null): NetworkOptions {
  const { engine, name, home } = job;
  const settings = { networkMode };
  return { engine, clock: realClock, name, stepsDir: home, labels: job.labels('network'), settings, signal: NEVER };
}

describeOnDocker('the network of a job', () => {
  it('is made once, by however many at once, and found again', async () => {
    await using job = new TrialJob();
    const all = await Promise.all(Array.from({ length: 8 }, () => provideNetwork(options(job))));
    const { mode } = await provideNetwork(options(job));
    expect(new Set(all.map((network) => network.mode))).toEqual(new Set([mode]));
    const filter = `label=io.epilogue.home=${job.home}`;
    expect(await job.docker('network', 'ls', '--filter', filter, '--format', '{{.Name}}')).toBe(job.name);
    expect(JSON.parse(await job.docker('network', 'inspect', '--format', '{{json .Labels}}', job.name))).toEqual(
      job.labels('network'),
    );
    await removeNetwork(job.engine, job.name);
    await removeNetwork(job.engine, job.name);
  });

  it('is one for all where the engine has made two of its name, and all of them are removed', async () => {
    await using job = new TrialJob();
    const make = (): Promise<unknown> =>
      job.engine.ask('POST', '/networks/create', { body: { Name: job.name, Labels: job.labels('network') } });
    const first = (await make()) as { Id: string };
    await make();
    expect(await provideNetwork(options(job))).toEqual({ mode: first.Id, reachedBy: 'names' });
    await removeNetwork(job.engine, job.name);
  });

  it('is removed with a container that still hangs on it', async () => {
    await using job = new TrialJob();
    const { mode } = await provideNetwork(options(job));
    const id = await job.docker('run', '--detach', '--network', mode, images.busybox, 'sleep', '600');
    await removeNetwork(job.engine, job.name);
    await job.docker('rm', '--force', id);
  });

  it('takes a container by its id, with an alias that others find', async () => {
    await using job = new TrialJob();
    const { mode } = await provideNetwork(options(job));
    const body = {
      Image: images.busybox,
      Cmd: ['sleep', '600'],
      HostConfig: { NetworkMode: mode },
      NetworkingConfig: { EndpointsConfig: { [mode]: { Aliases: ['build'] } } },
    };
    const { Id } = (await job.engine.ask('POST', '/containers/create', { body })) as { Id: string };
    await job.engine.ask('POST', `/containers/${Id}/start`);
    expect(await job.docker('run', '--rm', '--network', mode, images.busybox, 'nslookup', 'build')).toContain(
      'Name:\tbuild',
    );
    await job.docker('rm', '--force', Id);
    await removeNetwork(job.engine, job.name);
  });

  it('is none where the settings name another', async () => {
    await using job = new TrialJob();
    expect(await provideNetwork(options(job, 'bridge'))).toEqual({ mode: 'bridge', reachedBy: 'hosts' });
    expect(await provideNetwork(options(job, 'host'))).toEqual({ mode: 'host', reachedBy: 'nothing' });
    expect(await provideNetwork(options(job, 'team'))).toEqual({ mode: 'team', reachedBy: 'names' });
  });
});

/** A real one would take all addresses from the tests beside this one. */
it('says so when the engine has no addresses left, and how many networks there are', async () => {
  const words =
    'could not find an available, non-overlapping IPv4 address pool among the defaults to assign to the network';
  const server = createServer((request, response) => {
    const isMade = request.method === 'POST';
    const isListed = request.url?.includes('filters');
    response.statusCode = isMade ? 404 : 200;
    response.end(JSON.stringify(isMade ? { message: words } : isListed ? [] : Array.from({ length: 31 }, () => ({}))));
  });
  const dir = mkdtempSync(join(tmpdir(), 'full-engine-'));
  const socketPath = join(dir, 'engine.sock');
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  const address = { name: 'trial', socketPath, host: 'docker', port: 0, tls: null };
  const engine: Engine = createEngine({ address, clock: realClock, patienceMs: 0 });
  const made = provideNetwork({
    engine,
    clock: realClock,
    name: 'epilogue-x',
    stepsDir: join(dir, 'steps'),
    labels: {},
    settings: { networkMode: null },
    signal: NEVER,
  });
  await expect(made).rejects.toMatchObject({
    code: 'executor_unavailable',
    message: expect.stringMatching(/no addresses left for another network; it has 31 networks: .*address pool/),
  });
  server.close();
  rmSync(dir, { recursive: true });
});
