import { chmodSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { useRunnerLab } from '../daemon/support/use-runner-lab.ts';
import { Checkout, finished, shownLog } from '../support/checkout.ts';
import { describeOnDocker, docker, dockerHost, images } from '../support/docker/docker.ts';
import { markedProcesses } from '../support/processes.ts';
import { waitUntil } from '../support/wait-until.ts';

const FOLDER = 'examples/docker-compose-like';
const ROOT = join(import.meta.dirname, '../..');
const LONG = { timeout: 90_000 };

/** The example, on the engine and with the image of the tests, under a name by which nobody else's containers are found. */
function example(prefix: string, timeout = ''): Readonly<Record<string, string>> {
  const names = readdirSync(join(ROOT, FOLDER)).map((name) => `${FOLDER}/${name}`);
  const files = Object.fromEntries(names.map((name) => [name, readFileSync(join(ROOT, name), 'utf8')]));
  const pipeline = files[`${FOLDER}/.gitlab-ci.yml`] ?? '';
  const changed = pipeline
    .replace('STACK: shop-', `STACK: ${prefix}-`)
    .replace('IMAGE: busybox', `IMAGE: ${images.busybox}\n    DOCKER_HOST: ${dockerHost}`)
    .replace('  script:', `${timeout === '' ? '' : `  timeout: ${timeout}\n`}  script:`)
    // They go on until something ends them.
    .replace('for test in 1 2 3 4 5 6', 'for test in $(seq 600)');
  return { ...files, [`${FOLDER}/.gitlab-ci.yml`]: changed };
}

/** What the engine has of it. */
function found(prefix: string): readonly string[] {
  const named = `name=${prefix}-`;
  const list = (...words: readonly string[]): readonly string[] =>
    docker(...words, '--filter', named)
      .split('\n')
      .filter((line) => line !== '');
  return [
    ...list('ps', '--all', '--format', '{{.Names}}'),
    ...list('network', 'ls', '--format', '{{.Name}}'),
    ...list('volume', 'ls', '--format', '{{.Name}}'),
  ];
}

/** Its two containers, its network and its volume. */
async function untilUp(prefix: string): Promise<void> {
  await waitUntil('the shop is up', () => found(prefix).length >= 4, 40_000);
}

describeOnDocker('containers that a shell job sets up itself', () => {
  const prefix = `shop${process.pid}`;

  describe('in `epilogue run`', LONG, () => {
    let checkout: Checkout;
    afterEach(() => checkout.dispose());

    async function start(timeout = ''): Promise<ReturnType<Checkout['start']>> {
      checkout = new Checkout(example(prefix, timeout));
      chmodSync(join(checkout.dir, FOLDER, 'stack'), 0o755);
      const run = checkout.start(['run', '-C', FOLDER, '--json']);
      await untilUp(prefix);
      return run;
    }

    it('are gone after a cancel', async () => {
      const run = await start();
      run.killGroup('SIGINT');
      const ended = await run.ended();
      expect(finished(ended, 'integration')).toMatchObject({ status: 'canceled', cleanup: { outcome: 'succeeded' } });
      expect(found(prefix)).toEqual([]);
    });

    it('are gone after a timeout', async () => {
      const run = await start('8 seconds');
      const ended = await run.ended();
      expect(finished(ended, 'integration')).toMatchObject({ cleanup: { outcome: 'succeeded' } });
      // It has been tested by then.
      expect(shownLog(ended, 'integration')).toMatch(/test 1 of 6\n(WARNING: .*\n)?3 apples\n/);
      expect(found(prefix)).toEqual([]);
    });

    it('are gone after `kill -9` of it, thanks to the guard', async () => {
      const run = await start();
      run.kill('SIGKILL');
      await run.ended();
      await checkout.untilQuiet(30_000);
      expect(found(prefix)).toEqual([]);
    });

    it('are gone after `kill -9` of it and of the guard, and `recover`', async () => {
      const run = await start();
      const guards = markedProcesses(checkout.mark).filter(({ command }) => command.includes('epilogue-guard'));
      for (const { pid } of guards) process.kill(pid, 'SIGKILL');
      run.kill('SIGKILL');
      await run.ended();
      expect(found(prefix)).not.toEqual([]);
      expect((await checkout.run(['recover', '--json'])).code).toBe(0);
      expect(found(prefix)).toEqual([]);
    });
  });

  describe('on a runner', LONG, () => {
    const lab = useRunnerLab();

    async function start(more: readonly string[] = []): ReturnType<typeof lab.push> {
      const files = example(prefix);
      const job = await lab.push({ ...files, '.gitlab-ci.yml': files[`${FOLDER}/.gitlab-ci.yml`] ?? '' });
      lab.start(more);
      await untilUp(prefix);
      return job;
    }

    it('are gone after a cancel', async () => {
      const job = await start();
      await lab.api('POST', `${job.path}/cancel`);
      expect(await job.ended()).toMatchObject({ status: 'canceled', cleanup: { outcome: 'succeeded' } });
      expect(found(prefix)).toEqual([]);
    });

    it('are gone after a SIGTERM', async () => {
      const job = await start();
      lab.signal('SIGTERM');
      expect(await lab.ended()).toBe(0);
      expect(await job.read()).toMatchObject({ status: 'failed', cleanup: { outcome: 'succeeded' } });
      expect(found(prefix)).toEqual([]);
    });

    it('are gone after `kill -9` and the start of the next one', async () => {
      const job = await start(['--no-guard']);
      await lab.kill();
      lab.start(['--no-guard']);
      await waitUntil('it is taken up', () => lab.read('runner.log').includes('goes on with what'));
      await lab.api('POST', `${job.path}/cancel`);
      expect(await job.ended()).toMatchObject({ status: 'canceled', cleanup: { outcome: 'succeeded' } });
      expect(found(prefix)).toEqual([]);
    });
  });
});
