import { join } from 'node:path';
import { type DockerEngine, startEngine } from '../../../src/executors/testing/docker/engine.ts';
import { bringImages, images } from '../../../src/executors/testing/docker/images.ts';
import { removeDirectory } from '../../components/index.ts';
import { temporaryDirectory } from '../fixture.ts';

/** The engine that is measured: `EPILOGUE_TEST_DOCKER_HOST`, or one of our own, which only root can start. */
export interface BenchEngine {
  readonly host: string;
  stop(): Promise<void>;
}

export async function benchEngine(): Promise<BenchEngine> {
  const given = process.env.EPILOGUE_TEST_DOCKER_HOST ?? '';
  const dir = join(temporaryDirectory(), 'engine');
  const own: DockerEngine | null = given === '' ? await startEngine(dir) : null;
  const host = own?.host ?? given;
  await bringImages(host, [images.busybox]);
  return {
    host,
    async stop() {
      await own?.stop();
      removeDirectory(dir);
    },
  };
}
