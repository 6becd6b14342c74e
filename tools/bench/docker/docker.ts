import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, createWriteStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { CollectedFile, Place } from '../../../src/executors/index.ts';
import { images } from '../../../src/executors/testing/docker/images.ts';
import type { Comparison, Group } from '../compare.ts';
import { cores, createFixture, temporaryDirectory } from '../fixture.ts';
import { time } from '../processes.ts';
import { type BenchEngine, benchEngine } from './engine.ts';
import { openPlace } from './open-place.ts';

const JOBS = 20;
const ARTIFACT_BYTES = 500 * 1024 * 1024;
/** A container that only waits, for `docker cp`. */
const PLAIN = `epilogue-bench-${process.pid}`;
const NEVER = new AbortController().signal;

let close = async (): Promise<void> => {};

/** The engine's own command is the floor: it makes one container, and no network, directory or cleanup. */
export const containers: Group = {
  name: 'docker',
  about: 'jobs in containers of a Docker Engine, against the docker command with the same image',
  async comparisons() {
    const engine = await benchEngine();
    const job = await openPlace(engine.host, 'none');
    close = async () => {
      spawnSync('docker', ['--host', engine.host, 'rm', '--force', PLAIN]);
      await job.clean();
      await engine.stop();
    };
    // Also when it is interrupted; nothing that is gone is missed.
    process.once('exit', () => spawnSync('docker', ['--host', engine.host, 'rm', '--force', PLAIN]));
    time('docker', [
      '--host',
      engine.host,
      'run',
      '--detach',
      '--network=none',
      '--name',
      PLAIN,
      images.busybox,
      'sleep',
      '3600',
    ]);
    return [
      firstCommand(engine, 'first command, no network', 'none'),
      firstCommand(engine, 'first command, a network of its own', null),
      noOps(engine),
      ...artifacts(engine, job),
    ];
  },
  async readings() {
    await close();
    return [];
  },
};

/** From nothing to what the first command of a script prints. */
function firstCommand({ host }: BenchEngine, name: string, networkMode: string | null): Comparison {
  return {
    name,
    target: null,
    rounds: 15,
    async ours() {
      const startedAt = performance.now();
      const place = await openPlace(host, networkMode);
      await place.start({ id: 'step', script: 'echo up' });
      const into = Buffer.alloc(8);
      while ((await place.readLog('step', 0, into)) === 0) await place.changed('step', 1_000);
      const ms = performance.now() - startedAt;
      await place.clean();
      return ms;
    },
    async theirs() {
      const startedAt = performance.now();
      const words = ['--host', host, 'run', '--rm', '--network=none', images.busybox, 'echo', 'up'];
      const child = spawn('docker', words, { stdio: ['ignore', 'pipe', 'ignore'] });
      const ended = once(child, 'exit');
      await once(child.stdout, 'data');
      const ms = performance.now() - startedAt;
      await ended;
      return ms;
    },
  };
}

function noOps({ host }: BenchEngine): Comparison {
  const jobs = Array.from(
    { length: JOBS },
    (_, index) => `job-${index}: { image: ${images.busybox}, script: 'true' }\n`,
  );
  const fixture = createFixture(jobs.join(''));
  fixture.env.DOCKER_HOST = host;
  const plain = `seq ${JOBS} | xargs -P ${cores} -I JOB docker run --rm --network=none ${images.busybox} true`;
  return {
    name: `${JOBS} no-op jobs, \`epilogue run\``,
    target: null,
    rounds: 3,
    ours: fixture.run,
    theirs: () => time('sh', ['-c', plain], { env: fixture.env }),
  };
}

/** A file that goes into the project directory and is collected from it, on the disk on both sides. */
function artifacts({ host }: BenchEngine, job: Place): readonly Comparison[] {
  const dir = temporaryDirectory();
  const [source, target] = [join(dir, 'artifact'), join(dir, 'target')];
  writeFileSync(source, Buffer.alloc(ARTIFACT_BYTES, 'not all zeros '));
  const docker = (...words: readonly string[]): number => time('docker', ['--host', host, ...words]);
  const file: CollectedFile = {
    path: 'artifact',
    kind: 'file',
    mode: 0o644,
    modifiedMs: 0,
    sizeBytes: ARTIFACT_BYTES,
    open: () => createReadStream(source),
  };
  const into: Comparison = {
    name: '500 MB into a job',
    target: null,
    rounds: 5,
    async ours() {
      const startedAt = performance.now();
      await job.deliver(Readable.from([file]) as AsyncIterable<CollectedFile>, NEVER);
      return performance.now() - startedAt;
    },
    theirs: () => docker('cp', source, `${PLAIN}:/artifact`),
  };
  const out: Comparison = {
    name: '500 MB out of a job',
    target: null,
    rounds: 5,
    async ours() {
      const startedAt = performance.now();
      const selection = { paths: ['artifact'], exclude: [], untracked: false };
      for await (const found of job.collect(selection, NEVER)) await pipeline(found.open(), createWriteStream(target));
      return performance.now() - startedAt;
    },
    theirs: () => docker('cp', `${PLAIN}:/artifact`, target),
  };
  return [into, out];
}
