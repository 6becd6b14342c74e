import { describeError } from '../../../base/index.ts';
import { type Engine, EngineRefusal, isRefusal } from '../engine/engine.ts';
import { type Labels as Known, LABELS } from '../labels.ts';
import { removeNetworkById } from '../services/network.ts';
import { removeContainer } from '../services/stop-services.ts';

/** Something of Epilogue's in an engine. Whether its job is over its journal knows, not the engine. */
export interface Leftover {
  readonly kind: 'container' | 'network' | 'volume';
  /** By which the engine knows it. */
  readonly id: string;
  readonly name: string;
  /** `build`, `service`, `network`, `volume`, `cache`; a cache is for jobs to come, and no leftover of one. */
  readonly type: string;
  /** The `stepsDir` of its job, on the runner's machine. */
  readonly home: string | null;
  /** The name of its runner's directory; null: it had none. */
  readonly owner: string | null;
  readonly isRunning: boolean;
  /** UTC ms; null: the engine does not say. */
  readonly createdAt: number | null;
  /** What its job said of itself; see `labelsOf`. */
  readonly coordinator: string | null;
  readonly project: string | null;
  readonly pipeline: string | null;
  readonly job: string | null;
  readonly runner: string | null;
}

type Labels = Known | null;

/** As the engine lists them; Podman leaves out what is empty. */
interface Listed {
  readonly containers: readonly {
    readonly Id: string;
    readonly Names: readonly string[];
    readonly State: string;
    /** s */
    readonly Created: number;
    readonly Labels: Labels;
  }[];
  readonly networks: readonly {
    readonly Id: string;
    readonly Name: string;
    readonly Created: string;
    readonly Labels: Labels;
  }[];
  readonly volumes: readonly { readonly Name: string; readonly CreatedAt?: string; readonly Labels: Labels }[];
}

/**
 * All that is labelled as Epilogue's, oldest first.
 * @throws Failure `engine_unreachable`, `canceled`
 */
export async function findLeftovers(
  engine: Engine,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<readonly Leftover[]> {
  const { containers, networks, volumes } = await list(engine, signal);
  const all = [
    ...containers.map(({ Id, Names, State, Created, Labels }) => ({
      ...fromLabels(Labels),
      kind: 'container' as const,
      id: Id,
      name: (Names[0] ?? Id).replace(/^\//, ''),
      isRunning: State === 'running' || State === 'paused',
      createdAt: Created * 1000,
    })),
    ...networks.map(({ Id, Name, Created, Labels }) => ({
      ...fromLabels(Labels),
      kind: 'network' as const,
      id: Id,
      name: Name,
      isRunning: false,
      createdAt: instant(Created),
    })),
    ...volumes.map(({ Name, CreatedAt, Labels }) => ({
      ...fromLabels(Labels),
      kind: 'volume' as const,
      id: Name,
      name: Name,
      isRunning: false,
      createdAt: instant(CreatedAt),
    })),
  ];
  return all.sort((a, b) => (a.createdAt ?? 0) - (b.createdAt ?? 0));
}

async function list(engine: Engine, signal: AbortSignal | undefined): Promise<Listed> {
  const query = { filters: { label: [`${LABELS.managed}=true`] } };
  const more = signal === undefined ? {} : { signal };
  const [containers, networks, volumes] = await Promise.all([
    engine.ask('GET', '/containers/json', { query: { ...query, all: true }, ...more }),
    engine.ask('GET', '/networks', { query, ...more }),
    engine.ask('GET', '/volumes', { query, ...more }),
  ]);
  return {
    containers: containers as Listed['containers'],
    networks: networks as Listed['networks'],
    volumes: (volumes as { Volumes?: Listed['volumes'] | null }).Volumes ?? [],
  };
}

function fromLabels(labels: Labels) {
  const get = (label: string): string | null => labels?.[label] || null;
  return {
    type: get(LABELS.type) ?? '',
    home: get(LABELS.home),
    owner: get(LABELS.owner),
    coordinator: get(LABELS.coordinator),
    project: get(LABELS.project),
    pipeline: get(LABELS.pipeline),
    job: get(LABELS.job),
    runner: get(LABELS.runner),
  };
}

function instant(text: string | undefined): number | null {
  const parsed = Date.parse(text ?? '');
  return Number.isNaN(parsed) ? null : parsed;
}

export interface Removal {
  /** Gets a line about each. */
  readonly say: (line: string) => void;
  /** Before containers are killed, s. Default: 10. */
  readonly graceSeconds?: number;
  /** Caches, too. Default: no. */
  readonly caches?: boolean;
}

const GRACE_SECONDS = 10;
const AT_ONCE = 8;

/**
 * Removes them: containers get TERM and a grace and go with their anonymous volumes, then volumes and networks. What is gone already counts as removed.
 * @returns those that could not be removed; why was said
 * @throws Failure `engine_unreachable`
 */
export async function removeLeftovers(
  engine: Engine,
  chosen: readonly Leftover[],
  { say, graceSeconds = GRACE_SECONDS, caches = false }: Removal,
): Promise<readonly Leftover[]> {
  const stuck: Leftover[] = [];
  const meant = chosen.filter(({ type }) => caches || type !== 'cache');
  for (const kind of ['container', 'volume', 'network'] as const) {
    const waiting = meant.filter((leftover) => leftover.kind === kind);
    const workers = Array.from({ length: AT_ONCE }, async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        if (!(await removeOne(engine, next, { say, graceSeconds }))) stuck.push(next);
      }
    });
    await Promise.all(workers);
  }
  return stuck;
}

async function removeOne(
  engine: Engine,
  leftover: Leftover,
  { say, graceSeconds }: { readonly say: (line: string) => void; readonly graceSeconds: number },
): Promise<boolean> {
  const title = titleOf(leftover);
  try {
    if (leftover.kind === 'container') await removeContainer(engine, leftover.id, graceSeconds);
    else if (leftover.kind === 'network') await removeNetworkById(engine, leftover.id);
    else await removeVolume(engine, leftover.id);
    say(`Removed ${title}`);
    return true;
  } catch (error) {
    if (!(error instanceof EngineRefusal)) throw error;
    say(`Could not remove ${title}: ${describeError(error)}`);
    return false;
  }
}

async function removeVolume(engine: Engine, name: string): Promise<void> {
  try {
    await engine.ask('DELETE', `/volumes/${encodeURIComponent(name)}`);
  } catch (error) {
    if (!isRefusal(error, 404)) throw error;
  }
}

function titleOf({ kind, name, job, project }: Leftover): string {
  const whose = job === null ? '' : ` of job ${job}${project === null ? '' : ` in ${project}`}`;
  return `${kind} ${name}${whose}`;
}
