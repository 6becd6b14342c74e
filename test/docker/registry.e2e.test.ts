import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  isWithoutRegistry,
  openPrivateRegistry,
  type PrivateRegistry,
} from '../../src/executors/docker/images/testing/private-registry.ts';
import type { PayloadChanges } from '../daemon/plain-server/payload.ts';
import { type PlainServer, startPlainServer } from '../daemon/plain-server/plain-server.ts';
import { PROGRAM } from '../support/checkout.ts';
import { describeOnDocker, dockerHost } from '../support/docker/docker.ts';
import { fromGate } from '../support/from-gate.ts';
import { waitUntil } from '../support/wait-until.ts';

const RUNNER_TOKEN = 'glrt-t1_abcdefghij';

describeOnDocker('images of a private registry', () => {
  describe.skipIf(isWithoutRegistry)('(needs a registry)', () => {
    let registry: PrivateRegistry;
    let server: PlainServer;
    let runner: ChildProcess;
    let directory: string;
    let name: string;
    let said = '';

    beforeAll(async () => {
      registry = await openPrivateRegistry();
      name = `${registry.repository}:1`;
      await registry.push('1', { Env: ['PATH=/bin', 'FROM_IMAGE=yes'] });
      directory = mkdtempSync(join(tmpdir(), 'epilogue-registry-'));
      server = await startPlainServer({ token: RUNNER_TOKEN });
      const config = join(directory, 'config.toml');
      const text = `
        check_interval = 1
        [[runners]]
          url = "${server.url}"
          token = "${RUNNER_TOKEN}"
          executor = "docker"
          [runners.docker]
            host = "${dockerHost}"
            image = "${name}"
            allowed_images = ["${registry.host}/**"]
            allowed_pull_policies = ["always", "if-not-present"]
      `;
      writeFileSync(config, text, { mode: 0o600 });
      const words = ['runner', 'run', '--config', config, '--working-directory', join(directory, 'w'), '--no-guard'];
      runner = spawn(PROGRAM, words, {
        env: { PATH: process.env.PATH, HOME: directory, ...fromGate() },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      runner.stderr?.on('data', (bytes: Buffer) => {
        said += bytes.toString();
      });
    }, 60_000);

    afterAll(async () => {
      if (runner.exitCode === null && runner.signalCode === null) {
        const ended = once(runner, 'exit');
        runner.kill('SIGKILL');
        await ended;
      }
      await server.close();
      await registry.close();
      rmSync(directory, { recursive: true, force: true });
    });

    async function run(payload: object, variables: PayloadChanges['variables'] = {}) {
      const script = ['echo "from image: $FROM_IMAGE"'];
      const job = server.enqueue({
        script,
        variables: { FF_TIMESTAMPS: 'false', ...variables },
        payload: { ...payload },
      });
      await waitUntil(`job ${job.id} has ended: ${said}`, () => job.result !== null, 30_000);
      return { result: job.result, log: job.log().toString() };
    }

    it('are pulled with the login that comes with a job, which is in no log', async () => {
      const { result, log } = await run({ image: { name }, credentials: [registry.login] });
      expect(result, log + said).toMatchObject({ state: 'success' });
      expect(log).toMatch(
        /Authenticating with credentials from job payload \(GitLab Registry\)\nPulling docker image .*\nUsing docker image sha256:.* with digest .*\n/,
      );
      expect(log).toContain('from image: yes\n');
      expect(log + said).not.toContain(registry.login.password);
    });

    it("are pulled with the login of a job's own DOCKER_AUTH_CONFIG, also the runner's image", async () => {
      const { username, password } = registry.login;
      const config = { auths: { [registry.host]: { auth: btoa(`${username}:${password}`) } } };
      const { result, log } = await run({}, { DOCKER_AUTH_CONFIG: JSON.stringify(config) });
      expect(result, log + said).toMatchObject({ state: 'success' });
      expect(log).toContain('Authenticating with credentials from $DOCKER_AUTH_CONFIG\n');
    });

    it.each([
      ['without a login', {}, 'specified policies [always]: '],
      [
        'by a policy that is not allowed',
        { pull_policy: ['never'] },
        'allowed_pull_policies ([always if-not-present])',
      ],
      ['that are not allowed', { name: 'ruby:3' }, 'The "ruby:3" image is not present on list of allowed images:'],
    ])('are not had %s, which fails the job with its reason', async (_, image, why) => {
      const { result, log } = await run({ image: { name, ...image } });
      expect(result, log).toMatchObject({ state: 'failed', failure_reason: 'runner_system_failure' });
      expect(log).toContain(why);
      expect(log).not.toContain('from image');
    });
  });
});
