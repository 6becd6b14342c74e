import { type Clock, describeError, Failure } from '../../base/index.ts';
import type { Executor, Say } from '../executor.ts';
import { makeDirectories } from '../files/project-dir.ts';
import { createProcessTable } from '../processes/table/process-table.ts';
import { claimedSteps } from '../steps/step-directory.ts';
import { engineAddress, isElsewhere } from './engine/address.ts';
import { createEngine } from './engine/engine.ts';
import { createDockerPlace } from './place/docker-place.ts';
import { JobInDocker } from './place/job-in-docker.ts';
import { openDockerRemotely } from './remote/open-docker-remotely.ts';
import type { DockerSettings } from './settings.ts';

export interface DockerOptions {
  readonly settings: DockerSettings;
  readonly clock: Clock;
  /** `DOCKER_HOST` and the like, and where the user's `~/.docker` is. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The name of the directory that its runner works in. Default: it has none. */
  readonly owner?: string | null;
  /** Have each script on the disk, not only in its cache, before it runs. Default: no. */
  readonly durable?: boolean;
}

const HASTY_MS = 20_000;

/**
 * Runs each job in a container of a Docker Engine, on this machine (docs/docker.md) or elsewhere (docs/elsewhere.md).
 * @throws Failure `engine_address_unusable`
 */
export function createDockerExecutor({ settings, clock, env, owner = null, durable = false }: DockerOptions): Executor {
  const address = engineAddress({
    ...{ host: settings.host, certPath: settings.tlsCertPath, tlsVerify: settings.tlsVerify, env },
  });
  const engine = createEngine({ address, clock });
  const impatient = createEngine({ address, clock, patienceMs: 0 });
  const hasty = createEngine({ address, clock, patienceMs: HASTY_MS });
  const means = { settings, clock, env, owner, durable, engine, impatient, table: createProcessTable(clock) };
  return {
    name: 'docker',
    async prepare(job, signal, say) {
      if (settings.files === 'send' || (settings.files === null && isElsewhere(address)))
        return await openDockerRemotely(means, job, signal, say);
      const isTakenOver = claimedSteps(job.stepsDir).length > 0;
      makeDirectories(job);
      const docker = new JobInDocker(means, job);
      const image = job.image?.name ?? settings.image;
      if (!isTakenOver && image !== null) say?.(`Using Docker executor with image ${image} ...`);
      try {
        await docker.open(signal, say);
      } catch (error) {
        // Where steps have run they are to be looked at, and others to be tried, whatever became of the container.
        if (!isTakenOver || signal.aborted) {
          await takeAway(new JobInDocker({ ...means, engine: hasty }, job), say);
          throw asContract(error);
        }
      }
      return createDockerPlace(docker);
    },
  };
}

/** What a place that is not to be has left; whoever has cancelled it does not wait for an engine that is away. */
async function takeAway(docker: JobInDocker, say: Say = () => {}): Promise<void> {
  await docker.remove(false).catch((error: unknown) => {
    if (!(error instanceof Failure)) throw error;
    say(`WARNING: ${describeError(error)}; the runner tries again when it starts, and \`epilogue runner sweep\` does`);
  });
}

function asContract(error: unknown): unknown {
  if (!(error instanceof Failure) || ['executor_unavailable', 'canceled'].includes(error.code)) return error;
  return new Failure('executor_unavailable', describeError(error), { cause: error });
}
