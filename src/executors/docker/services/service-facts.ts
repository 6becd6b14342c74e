import { type Engine, isRefusal } from '../engine/engine.ts';

/** What the engine says of a service's container now. */
export interface ServiceFacts {
  readonly id: string;
  readonly isRunning: boolean;
  /** UTC ms; NaN where the engine says nothing of it. */
  readonly startedAt: number;
  readonly code: number;
  /** A process of it was killed because its memory was used up. */
  readonly outOfMemory: boolean;
  /** `healthy`, `unhealthy`, `starting`; null: its image has no HEALTHCHECK. */
  readonly health: string | null;
  /** The command of HEALTHCHECK, as an exec takes it; null: none. */
  readonly healthCommand: readonly string[] | null;
  /** TCP, lowest first. */
  readonly exposedPorts: readonly number[];
  readonly environment: readonly string[];
  /** Where it is reached from this machine; empty: nowhere. */
  readonly addresses: readonly string[];
}

/** Its labels are given, too, to tell whose it is. null: it is not there. @throws Failure `engine_unreachable`, `canceled` */
export async function serviceFacts(
  engine: Engine,
  name: string,
  signal?: AbortSignal,
): Promise<(ServiceFacts & { readonly labels: Readonly<Record<string, string>> }) | null> {
  try {
    const answer = await engine.ask('GET', `/containers/${name}/json`, signal === undefined ? {} : { signal });
    return factsFrom(answer as Inspected);
  } catch (error) {
    if (isRefusal(error, 404)) return null;
    throw error;
  }
}

/** As far as we read it. Podman leaves out what is empty. */
export interface Inspected {
  readonly Id: string;
  readonly State: {
    readonly Running: boolean;
    readonly StartedAt: string;
    readonly ExitCode: number;
    readonly OOMKilled: boolean;
    readonly Health?: { readonly Status: string } | null;
  };
  readonly Config: {
    readonly Env?: readonly string[] | null;
    readonly Labels?: Readonly<Record<string, string>> | null;
    readonly ExposedPorts?: Readonly<Record<string, unknown>> | null;
    readonly Healthcheck?: { readonly Test?: readonly string[] | null } | null;
    readonly Shell?: readonly string[] | null;
  };
  readonly HostConfig: { readonly NetworkMode: string };
  readonly NetworkSettings: {
    readonly Networks?: Readonly<
      Record<string, { readonly IPAddress?: string; readonly GlobalIPv6Address?: string }>
    > | null;
  };
}

export function factsFrom({ Id, State, Config, HostConfig, NetworkSettings }: Inspected): ServiceFacts & {
  readonly labels: Readonly<Record<string, string>>;
} {
  const networks = Object.values(NetworkSettings.Networks ?? {});
  const own = networks.flatMap((network) => [network.IPAddress ?? '', network.GlobalIPv6Address ?? '']);
  const healthCommand = commandOf(Config.Healthcheck?.Test ?? [], Config.Shell ?? ['/bin/sh', '-c']);
  return {
    id: Id,
    isRunning: State.Running,
    startedAt: Date.parse(State.StartedAt),
    code: State.ExitCode,
    outOfMemory: State.OOMKilled,
    health: healthCommand === null ? null : (State.Health?.Status ?? null),
    healthCommand,
    exposedPorts: Object.keys(Config.ExposedPorts ?? {})
      .filter((port) => port.endsWith('/tcp'))
      .map((port) => Number.parseInt(port, 10))
      .sort((a, b) => a - b),
    environment: Config.Env ?? [],
    addresses: HostConfig.NetworkMode === 'host' ? ['127.0.0.1'] : own.filter((address) => address !== ''),
    labels: Config.Labels ?? {},
  };
}

function commandOf([kind, ...words]: readonly string[], shell: readonly string[]): readonly string[] | null {
  if (words.length === 0) return null;
  if (kind === 'CMD-SHELL') return [...shell, ...words];
  return kind === 'CMD' ? words : null;
}
