import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { dockerHost, images } from '../../../../../test/support/docker/docker.ts';
import { realClock } from '../../../../base/index.ts';
import { engineAddress } from '../../engine/address.ts';
import { createEngine, type Engine } from '../../engine/engine.ts';
import { type JobMark, type Labels, labelsOf, nameOf, type ThingType } from '../../labels.ts';

const run = promisify(execFile);

/** `docker commit` takes no instructions from Podman. */
const IMPORT = `
  host=$1 container=$2 name=$3
  shift 3
  docker --host "$host" export "$container" | docker --host "$host" import "$@" - "$name"`;

/** A job without a container of its own, on the engine of the tests. What it makes there carries its labels; images of its own go with it. */
export class TrialJob implements AsyncDisposable {
  readonly engine: Engine = createEngine({
    address: engineAddress({ host: dockerHost, certPath: null, tlsVerify: null, env: {} }),
    clock: realClock,
    patienceMs: 0,
  });
  readonly home = mkdtempSync(join(tmpdir(), 'job-'));
  readonly name = nameOf(randomUUID());
  readonly mark: JobMark = { home: this.home, owner: randomUUID() };
  readonly #images: string[] = [];

  labels(type: ThingType, { home, owner } = this.mark): Labels {
    return labelsOf({ stepsDir: home, variables: { CI_JOB_ID: '7', CI_PROJECT_PATH: 'root/shop' } }, type, owner);
  }

  /** The docker command's answer, trimmed; the test goes on meanwhile. */
  async docker(...args: readonly string[]): Promise<string> {
    const { stdout } = await run('docker', ['--host', dockerHost, ...args]);
    return stdout.trim();
  }

  /** An image as busybox is, with instructions of a Dockerfile. @returns its name, `trial-<…>:1` */
  async image(...changes: readonly string[]): Promise<string> {
    const name = `trial-${randomUUID().slice(0, 8)}:1`;
    const container = await this.docker('create', '--network', 'none', images.busybox, 'true');
    const words = [dockerHost, container, name, ...changes.flatMap((change) => ['--change', change])];
    await run('sh', ['-c', IMPORT, 'sh', ...words]);
    await this.docker('rm', container);
    this.#images.push(name);
    return name;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#images.length > 0) await this.docker('rmi', '--force', ...this.#images);
  }
}
