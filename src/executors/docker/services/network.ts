import { type Clock, Failure } from '../../../base/index.ts';
import { withLock } from '../container/with-lock.ts';
import { type Engine, EngineRefusal, isRefusal } from '../engine/engine.ts';
import type { DockerSettings } from '../settings.ts';

/** Where the containers of a job find each other. */
export interface JobNetwork {
  /** What `HostConfig.NetworkMode` is told; of a network that knows names also the key of `EndpointsConfig`. */
  readonly mode: string;
  /**
   * How services are reached: `names` by their aliases in this network, `hosts` by entries that the job's container is given, `nothing` by no name at all.
   */
  readonly reachedBy: 'names' | 'hosts' | 'nothing';
}

export interface NetworkOptions {
  readonly engine: Engine;
  readonly clock: Pick<Clock, 'sleep' | 'monotonic'>;
  /** See `nameOf`. */
  readonly name: string;
  /** The job's, on this machine. */
  readonly stepsDir: string;
  /** See `labelsOf`. */
  readonly labels: Readonly<Record<string, string>>;
  readonly settings: Pick<DockerSettings, 'networkMode'>;
  readonly signal: AbortSignal;
}

interface ListedNetwork {
  readonly Id: string;
  readonly Name: string;
  readonly Created: string;
  readonly Driver: string;
}

/**
 * The job's own network, made or found; or what the runner's settings say instead, and then none is made.
 * @throws Failure `executor_unavailable` when the engine has no addresses left for it, `canceled`, `engine_unreachable`
 */
export async function provideNetwork(options: NetworkOptions): Promise<JobNetwork> {
  const { networkMode } = options.settings;
  if (networkMode !== null && networkMode !== '') return { mode: networkMode, reachedBy: reachedBy(networkMode) };
  const found = await findNetwork(options.engine, options.name, options.signal);
  return { mode: found ?? (await makeAlone(options)), reachedBy: 'names' };
}

function reachedBy(mode: string): JobNetwork['reachedBy'] {
  if (mode === 'bridge' || mode === 'default') return 'hosts';
  return mode === 'host' || mode === 'none' || mode.startsWith('container:') ? 'nothing' : 'names';
}

/**
 * An engine may make two networks of one name when two ask at once, whatever `CheckDuplicate` says (Docker 20.10: it looks, then makes). So the processes of this machine take turns.
 */
function makeAlone(options: NetworkOptions): Promise<string> {
  const { engine, name, signal } = options;
  return withLock(
    'network',
    options,
    async () => (await findNetwork(engine, name, signal)) ?? (await makeNetwork(options)),
  );
}

async function makeNetwork({ engine, name, labels, signal }: NetworkOptions): Promise<string> {
  try {
    const body = { Name: name, CheckDuplicate: true, Driver: 'bridge', Labels: labels };
    const { Id } = (await engine.ask('POST', '/networks/create', { body, signal })) as { Id: string };
    return Id;
  } catch (error) {
    if (isRefusal(error, 409)) {
      const found = await findNetwork(engine, name, signal);
      if (found !== null) return found;
    }
    throw error instanceof EngineRefusal ? await refused(engine, error.words) : error;
  }
}

async function refused(engine: Engine, words: string): Promise<Failure> {
  const count = await engine.ask('GET', '/networks').then(
    (all) => `; it has ${(all as readonly unknown[]).length} networks`,
    () => '',
  );
  const isFull = /address pool|fully subnetted/i.test(words);
  const advice = isFull
    ? `the Docker Engine has no addresses left for another network${count}: \`docker network prune\` removes those that nothing uses, \`default-address-pools\` of its daemon.json gives it more`
    : 'the job’s network cannot be made';
  return new Failure('executor_unavailable', `${advice}: ${words}`);
}

/** The oldest of that name: there may be more, when a process died while it made one. */
async function findNetwork(engine: Engine, name: string, signal?: AbortSignal): Promise<string | null> {
  const found = await networksOf(engine, name, signal);
  return found[0]?.Id ?? null;
}

async function networksOf(engine: Engine, name: string, signal?: AbortSignal): Promise<readonly ListedNetwork[]> {
  const query = { filters: { name: [name] } };
  const listed = (await engine.ask('GET', '/networks', {
    query,
    ...(signal && { signal }),
  })) as readonly ListedNetwork[];
  // The engine's filter is a pattern.
  return listed
    .filter(({ Name }) => Name === name)
    .sort((a, b) => compare(a.Created, b.Created) || compare(a.Id, b.Id));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** Removes all networks of that name, whatever still hangs on them. @throws Failure with what could not be removed; the rest is gone */
export async function removeNetwork(engine: Engine, name: string): Promise<void> {
  for (const { Id } of await networksOf(engine, name)) await removeNetworkById(engine, Id);
}

const TRIES = 5;

/** What still hangs on it is taken off first. One that is gone already is no error. @throws EngineRefusal, Failure `engine_unreachable` */
export async function removeNetworkById(engine: Engine, id: string): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await engine.ask('DELETE', `/networks/${id}`);
      return;
    } catch (error) {
      if (isRefusal(error, 404)) return;
      // 403 and 409: something hangs on it; 500: an engine that was restarted knows of endpoints that are no more.
      if (!isRefusal(error, 403, 409, 500) || tries === TRIES) throw error;
      await disconnectAll(engine, id);
    }
  }
}

async function disconnectAll(engine: Engine, id: string): Promise<void> {
  try {
    const { Containers } = (await engine.ask('GET', `/networks/${id}`)) as {
      Containers?: Record<string, unknown> | null;
    };
    for (const container of Object.keys(Containers ?? {})) {
      await engine.ask('POST', `/networks/${id}/disconnect`, {
        body: { Container: container.replace(/^ep-/, ''), Force: true },
      });
    }
  } catch (error) {
    // It goes meanwhile, or the container has: the next try tells.
    if (!isRefusal(error, 403, 404, 409, 500)) throw error;
  }
}
