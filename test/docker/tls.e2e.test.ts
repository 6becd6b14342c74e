import { copyFileSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type DockerEngine, startEngine } from '../../src/executors/testing/docker/engine.ts';
import { bringImages } from '../../src/executors/testing/docker/images.ts';
import { removeDirectory } from '../../src/executors/testing/docker/remove-directory.ts';
import { Checkout, shownLog } from '../support/checkout.ts';
import { describeOnDocker, docker, images } from '../support/docker/docker.ts';
import { statuses } from '../support/statuses.ts';
import { Authority, type CertificateFiles } from '../support/tls/authority.ts';
import { waitUntil } from '../support/wait-until.ts';

const FILE = `
box:
  image: ${images.busybox}
  script: [echo kept > /only-here, 'echo made > made']
  after_script: [cat /only-here]
  artifacts: { paths: [made] }
`;

describeOnDocker('an engine that wants certificates', () => {
  const dir = mkdtempSync(join(tmpdir(), 'tls-'));
  let engine: DockerEngine | null = null;
  let address = '';
  let checkout: Checkout | null = null;

  /** As `DOCKER_CERT_PATH` names it. */
  function certificates(name: string, { cert, key }: CertificateFiles, ca: string): string {
    const path = join(dir, name);
    mkdirSync(path);
    for (const [from, to] of [
      [ca, 'ca.pem'],
      [cert, 'cert.pem'],
      [key, 'key.pem'],
    ] as const)
      copyFileSync(from, join(path, to));
    return path;
  }

  beforeAll(async () => {
    const authority = new Authority(dir);
    const { cert, key } = authority.sign('engine');
    const tls = ['--tlsverify', `--tlscacert=${authority.file}`, `--tlscert=${cert}`, `--tlskey=${key}`];
    engine = await startEngine(dir, { more: [...tls, '--host', 'tcp://127.0.0.1:0'] });
    await bringImages(engine.host, [images.busybox]);
    certificates('ours', authority.sign('runner'), authority.file);
    const other = new Authority(dir, 'other');
    certificates('strange', other.sign('stranger'), authority.file);
    certificates('wary', authority.sign('wary'), other.file);
    address = await waitUntil('it says where it listens', () => {
      const port = /API listen on 127\.0\.0\.1:(\d+)/.exec(readFileSync(join(dir, 'log'), 'utf8'))?.[1];
      return port === undefined ? null : `tcp://127.0.0.1:${port}`;
    });
  }, 60_000);

  afterEach(() => checkout?.dispose());

  afterAll(async () => {
    const left = engine === null ? '' : docker('--host', engine.host, 'ps', '--all', '--quiet');
    await engine?.stop();
    removeDirectory(dir);
    expect(left).toBe('');
  }, 60_000);

  const env = (certs: string) => ({
    DOCKER_HOST: address,
    DOCKER_TLS_VERIFY: '1',
    DOCKER_CERT_PATH: join(dir, certs),
  });

  it('runs jobs for who has one of its authority', async () => {
    checkout = new Checkout({ '.gitlab-ci.yml': FILE });
    const ended = await checkout.run(['run', '--json'], env('ours'));
    expect(statuses(ended)).toEqual({ box: 'success' });
    expect(shownLog(ended, 'box')).toMatch(/on the docker executor[\s\S]*\nkept\n/);
  });

  it.each([
    ['strange', 'whose certificate it does not know'],
    ['wary', 'who does not believe its own'],
    ['none', 'who has none'],
  ])('refuses %s, %s, with words that name the address', async (certs) => {
    checkout = new Checkout({ '.gitlab-ci.yml': FILE });
    const ended = await checkout.run(['run', '--executor', 'docker'], env(certs));
    expect([ended.code, ended.stderr]).toEqual([2, expect.stringMatching(/certificate|alert/i)]);
    if (certs !== 'none') expect(ended.stderr).toContain(address);
  });
});
