import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeOnDocker, docker, dockerHost, images } from '../support/docker/docker.ts';
import { removeLeft, whatIsLeft } from '../support/docker/left.ts';

describeOnDocker('what a test leaves in the engine', () => {
  it('is found by the directory of its job, and removed', async () => {
    const dir = tmpdir();
    const [label, name] = [`io.epilogue.home=${join(dir, 'job/steps')}`, `epilogue-test-${process.pid}`];
    docker('network', 'create', '--label', label, name);
    docker('volume', 'create', '--label', label, name);
    const mount = `type=volume,source=${name},target=/data`;
    const words = ['--detach', '--label', label, '--name', name, '--network', name, '--mount', mount];
    docker('run', ...words, images.busybox, 'sleep', '600');
    const left = await whatIsLeft(dockerHost, dir);
    expect(left.map((thing) => `${thing.kind} ${thing.name}`)).toEqual([
      `container ${name}`,
      `network ${name}`,
      `volume ${name}`,
    ]);
    expect(await whatIsLeft(dockerHost, `${dir}/another`)).toEqual([]);
    await removeLeft(dockerHost, left);
    expect(await whatIsLeft(dockerHost, dir)).toEqual([]);
  });
});
