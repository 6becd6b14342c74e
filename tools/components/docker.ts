import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { debian } from '../../src/executors/testing/docker/debian.ts';
import { startEngine } from '../../src/executors/testing/docker/engine.ts';
import { bringImages, images } from '../../src/executors/testing/docker/images.ts';
import { removeDirectory } from '../../src/executors/testing/docker/remove-directory.ts';
import type { Component, RunningComponent } from './component.ts';
import { missingPrograms } from './missing-programs.ts';

const run = promisify(execFile);

/** A Docker Engine with the images of `images.ts`, which all test files share. */
export const docker: Component = {
  name: 'Docker Engine',
  debianPackages: ['docker.io', 'busybox-static', 'debootstrap', 'debian-archive-keyring'],
  missing() {
    const programs = missingPrograms(['dockerd', 'docker', 'busybox']);
    if (programs !== null) return programs;
    if (process.getuid?.() !== 0) return 'only root may start one';
    return debian.isThere() ? null : 'its image of Debian not built';
  },
  install: (signal) => debian.build(signal),
  async start(dir, signal): Promise<RunningComponent> {
    const engine = await startEngine(dir, { signal });
    const stop = async (): Promise<void> => {
      await engine.stop();
      removeDirectory(dir);
    };
    try {
      await bringImages(engine.host);
      // Proves that a container can be run.
      await run('docker', ['--host', engine.host, 'run', '--rm', '--network=none', images.busybox, 'true'], { signal });
    } catch (error) {
      await stop();
      throw error;
    }
    return { env: { EPILOGUE_TEST_DOCKER_HOST: engine.host }, left: () => thingsIn(engine.host), stop };
  },
};

/** The engine is nobody else's: whatever is in it was made by a test. */
async function thingsIn(host: string): Promise<readonly string[]> {
  const list = async (kind: string, ...words: readonly string[]): Promise<readonly string[]> => {
    const { stdout } = await run('docker', ['--host', host, ...words]);
    return stdout.split('\n').flatMap((name) => (name === '' ? [] : [`${kind} ${name}`]));
  };
  return [
    ...(await list('container', 'ps', '--all', '--format', '{{.Names}} ({{.Image}}, {{.Status}})')),
    ...(await list('network', 'network', 'ls', '--filter', 'type=custom', '--format', '{{.Name}}')),
    ...(await list('volume', 'volume', 'ls', '--quiet')),
  ];
}
