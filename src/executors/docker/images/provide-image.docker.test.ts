import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { realClock } from '../../../base/index.ts';
import type { ProvidedImage } from './inspect-image.ts';
import { provideImage, type WantedImage } from './provide-image.ts';
import { isWithoutRegistry, openPrivateRegistry, type PrivateRegistry } from './testing/private-registry.ts';

/** Pauses between tries are not waited for. */
const clock = {
  monotonic: realClock.monotonic,
  sleep: (ms: number, signal?: AbortSignal) => realClock.sleep(ms / 1000, signal),
};

describe.skipIf(isWithoutRegistry)('an image (needs a Docker Engine and a registry)', () => {
  let registry: PrivateRegistry;
  let said: string[];

  beforeEach(async () => {
    registry = await openPrivateRegistry();
    said = [];
  }, 60_000);
  afterEach(() => registry.close());

  function provide(name: string, policies: WantedImage['policies'], more: object = {}): Promise<ProvidedImage> {
    return provideImage({
      engine: registry.engine,
      clock,
      name,
      policies,
      credentials: { authConfig: undefined, env: { HOME: '/nonexistent' }, payload: [registry.login] },
      platform: null,
      say: (text) => said.push(text),
      signal: new AbortController().signal,
      ...more,
    });
  }

  it('is pulled by its tag with the login of the payload, and says what is in it', async () => {
    const { id, digest } = await registry.push('1', {
      Entrypoint: ['/bin/sh', '-c'],
      Cmd: ['true'],
      User: '1000:1000',
      Env: ['PATH=/bin', 'A=b'],
      ExposedPorts: { '80/tcp': {}, '53/udp': {} },
      Healthcheck: { Test: ['CMD', 'true'], Interval: 1_000_000_000 },
      Volumes: { '/data': {} },
      Labels: { version: '1' },
      WorkingDir: '/tmp',
    });
    const name = `${registry.repository}:1`;
    expect(await provide(name, ['always'])).toEqual({
      id,
      config: {
        Entrypoint: ['/bin/sh', '-c'],
        Cmd: ['true'],
        User: '1000:1000',
        Env: ['PATH=/bin', 'A=b'],
        ExposedPorts: expect.arrayContaining(['80/tcp', '53/udp']),
        Healthcheck: { Test: ['CMD', 'true'], Interval: 1_000_000_000 },
        Volumes: ['/data'],
        Labels: { version: '1' },
        WorkingDir: '/tmp',
        Architecture: expect.stringMatching(/^[a-z0-9]+$/),
      },
    });
    expect(said).toEqual([
      `Using effective pull policy of [always] for container ${name}`,
      'Authenticating with credentials from job payload (GitLab Registry)',
      `Pulling docker image ${name} ...`,
      `Using docker image ${id} for ${name} with digest ${registry.repository}@${digest} ...`,
    ]);
  });

  it('is pulled by its digest, whatever its tag means by then', async () => {
    const old = await registry.push('1', { Labels: { version: 'old' } });
    await registry.push('1', { Labels: { version: 'new' } });
    const name = `${registry.repository}:1@${old.digest}`;
    expect(await provide(name, ['if-not-present'])).toMatchObject({ id: old.id });
    expect(await provide(`${registry.repository}@${old.digest}`, ['never'])).toMatchObject({ id: old.id });
    expect(await provide(old.id, ['always'])).toMatchObject({ id: old.id });
  });

  it("is pulled with the login of the job's DOCKER_AUTH_CONFIG", async () => {
    const { id } = await registry.push('1', {});
    const { username, password } = registry.login;
    const authConfig = JSON.stringify({ auths: { [registry.host]: { auth: btoa(`${username}:${password}`) } } });
    const credentials = { authConfig, env: { HOME: '/nonexistent' }, payload: [] };
    expect(await provide(`${registry.repository}:1`, ['always'], { credentials })).toMatchObject({ id });
    expect(said).toContain('Authenticating with credentials from $DOCKER_AUTH_CONFIG');
  });

  it.each([
    ['no login', []],
    ['a wrong login', [{ password: 'not-the-password' }]],
  ])('is not pulled with %s, and not tried again', async (_, payload) => {
    await registry.push('1', {});
    const name = `${registry.repository}:1`;
    const logins = payload.map((more) => ({ ...registry.login, ...more }));
    const credentials = { authConfig: undefined, env: { HOME: '/nonexistent' }, payload: logins };
    await expect(provide(name, ['always'], { credentials })).rejects.toMatchObject({
      code: 'executor_unavailable',
      message: expect.stringMatching(
        new RegExp(`^failed to pull image "${name}" with specified policies \\[always\\]: .*(auth|denied)`),
      ),
    });
    expect(said.filter((line) => line.startsWith('WARNING'))).toEqual([
      expect.stringMatching(/^WARNING: Failed to pull image with policy "always": /),
    ]);
    expect(said.join()).not.toContain('not-the-password');
  });

  it('is pulled again with always, kept with if-not-present, and never had with never', async () => {
    const name = `${registry.repository}:1`;
    const old = await registry.push('1', { Labels: { version: 'old' } });
    await expect(provide(name, ['never'])).rejects.toThrow(
      `failed to pull image "${name}" with specified policies [never]: No such image: ${name}`,
    );
    expect(await provide(name, ['if-not-present'])).toMatchObject({ id: old.id });
    const fresh = await registry.push('1', { Labels: { version: 'fresh' } });
    expect(fresh.id).not.toBe(old.id);
    expect(await provide(name, ['if-not-present'])).toMatchObject({ id: old.id });
    expect(said.filter((line) => line.startsWith('Pulling'))).toEqual([`Pulling docker image ${name} ...`]);
    expect(said).toContain('Using locally found image version due to "if-not-present" pull policy');
    expect(await provide(name, ['never'])).toMatchObject({ id: old.id });
    expect(await provide(name, ['always'])).toMatchObject({ id: fresh.id, config: { Labels: { version: 'fresh' } } });
  });

  it('falls back to the next policy, in their order', async () => {
    const { id } = await registry.push('1', {});
    const name = `${registry.repository}:1`;
    expect(await provide(name, ['never', 'always'])).toMatchObject({ id });
    said = [];
    const nobody = { authConfig: undefined, env: { HOME: '/nonexistent' }, payload: [] };
    expect(await provide(name, ['always', 'if-not-present'], { credentials: nobody })).toMatchObject({ id });
    expect(said).toEqual([
      `Using effective pull policy of [always if-not-present] for container ${name}`,
      `Pulling docker image ${name} ...`,
      expect.stringMatching(/^WARNING: Failed to pull image with policy "always": /),
      'Attempt #2: Trying "if-not-present" pull policy',
      'Using locally found image version due to "if-not-present" pull policy',
      expect.stringMatching(/^Using docker image sha256:/),
    ]);
  });

  it('that does not exist is a failure with its name and the words of the engine', async () => {
    await registry.push('1', {});
    const name = `${registry.repository}:2`;
    await expect(provide(name, ['always', 'if-not-present'])).rejects.toMatchObject({
      code: 'executor_unavailable',
      message: expect.stringMatching(/:2" with specified policies \[always if-not-present\]: .*manifest unknown/),
    });
    expect(said.filter((line) => line.startsWith('Pulling')).length).toBe(2);
  });

  it('is asked for again where its registry does not answer', async () => {
    // Nothing listens on the first port.
    await expect(provide('127.0.0.1:1/x', ['always'])).rejects.toThrow('connection refused');
    expect(said.filter((line) => /connection refused; trying again in (2|10) s$/.test(line)).length).toBe(2);
  });

  it('of another platform is not taken for the one that was asked for', async () => {
    const { id } = await registry.push('1', {});
    const name = `${registry.repository}:1`;
    const { config } = await provide(name, ['always']);
    expect(await provide(name, ['never'], { platform: `linux/${config.Architecture}` })).toMatchObject({ id });
    await expect(provide(name, ['never'], { platform: 'linux/s390x' })).rejects.toThrow('not for linux/s390x');
    await expect(provide(name, ['if-not-present'], { platform: 'linux/s390x' })).rejects.toMatchObject({
      code: 'executor_unavailable',
    });
    expect(said).toContain(`Pulling docker image ${name} ...`);
  });

  it('is no longer waited for once it is canceled', async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => {
      silent.listen(0, '127.0.0.1', resolve);
    });
    try {
      const controller = new AbortController();
      silent.once('connection', () => controller.abort());
      const address = silent.address();
      const port = typeof address === 'object' ? address?.port : 0;
      await expect(provide(`127.0.0.1:${port}/x`, ['always'], { signal: controller.signal })).rejects.toMatchObject({
        code: 'canceled',
      });
    } finally {
      silent.close();
    }
  });
});
