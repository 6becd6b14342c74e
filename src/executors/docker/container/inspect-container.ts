import { type Engine, isRefusal } from '../engine/engine.ts';
import type { Labels } from '../labels.ts';

/** What the engine says of a container. */
export interface ContainerState {
  readonly id: string;
  readonly isRunning: boolean;
  readonly isPaused: boolean;
  readonly startedAt: string;
  readonly exitCode: number;
  /** A process of it was killed because its memory was used up, since it was started. */
  readonly outOfMemory: boolean;
  /** By which it is told whose it is. */
  readonly labels: Labels;
}

/** null: it is not there. @throws Failure `engine_unreachable` */
export async function inspectContainer(
  engine: Engine,
  name: string,
  signal?: AbortSignal,
): Promise<ContainerState | null> {
  try {
    const { Id, State, Config } = (await engine.ask(
      'GET',
      `/containers/${name}/json`,
      signal === undefined ? {} : { signal },
    )) as Inspected;
    return {
      id: Id,
      isRunning: State.Running,
      isPaused: State.Paused,
      startedAt: State.StartedAt,
      exitCode: State.ExitCode,
      outOfMemory: State.OOMKilled,
      labels: Config.Labels ?? {},
    };
  } catch (error) {
    if (isRefusal(error, 404)) return null;
    throw error;
  }
}

interface Inspected {
  readonly Id: string;
  readonly State: {
    readonly Running: boolean;
    readonly Paused: boolean;
    readonly StartedAt: string;
    readonly ExitCode: number;
    readonly OOMKilled: boolean;
  };
  readonly Config: { readonly Labels?: Labels | null };
}
