import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, expect } from 'vitest';
import { Checkout, PROGRAM, shownLog } from '../support/checkout.ts';
import { describeOnDocker, docker, dockerHost, images } from '../support/docker/docker.ts';
import { itAsRoot } from '../support/privilege.ts';
import { waitUntil } from '../support/wait-until.ts';

const FILE = `
box:
  image: ${images.busybox}
  script: [echo kept > /only-here, 'echo is-$((1 + 1))', sleep 300]
  after_script: [cat /only-here]
`;

/** What another machine has there, where this one has the state of its runs. */
const ELSEWHERE = 'mount -t tmpfs tmpfs "$1" && mkdir -p "$1/epilogue/runs" "$1/runner/jobs" && shift && exec "$@"';

describeOnDocker('two machines that have one path and one engine', () => {
  let checkout: Checkout;
  afterEach(() => checkout.dispose());

  async function sweepElsewhere(...words: readonly string[]): Promise<readonly string[]> {
    const { state } = checkout;
    const sweep = [PROGRAM, 'runner', 'sweep', '--working-directory', join(state, 'runner'), ...words];
    const unshare = ['--mount', '--propagation', 'private', 'sh', '-c', ELSEWHERE, 'sh', state, ...sweep];
    const options = { cwd: checkout.dir, env: checkout.environment({ DOCKER_HOST: dockerHost }), timeout: 30_000 };
    const { stdout } = await promisify(execFile)('unshare', unshare, options);
    return stdout.split('\n');
  }

  itAsRoot('leave each other’s jobs alone, unless told that the other is no more', async () => {
    checkout = new Checkout({ '.gitlab-ci.yml': FILE });
    const run = checkout.start(['run', '--json'], { DOCKER_HOST: dockerHost });
    await waitUntil('its script runs', () => run.stdout.includes('is-2'), 30_000);
    const owner = readFileSync(join(checkout.state, 'epilogue', 'owner'), 'utf8').trim();
    const names = () => docker('ps', '--all', '--filter', `label=io.epilogue.owner=${owner}`, '--format', '{{.Names}}');
    const name = names();
    expect(name).toMatch(/^epilogue-[0-9a-f]{16}$/);
    const kept = (await sweepElsewhere()).filter((line) => line.includes(` ${name} `));
    expect(kept.toSorted()).toEqual([
      expect.stringMatching(new RegExp(`^Kept container .*: its job is another runner's \\(${owner}\\)$`)),
      expect.stringMatching(/^Kept network /),
    ]);
    run.kill('SIGINT');
    const log = shownLog(await run.ended(), 'box');
    expect(log).toMatch(/\nkept\n/);
    expect(names()).toBe('');
    const [label, other] = [`io.epilogue.owner=${owner}`, `other-${process.pid}`];
    docker('volume', 'create', '--label', 'io.epilogue.managed=true', '--label', label, other);
    expect(await sweepElsewhere('--owner', owner)).toContain(`Removed volume ${other}`);
  });
});
