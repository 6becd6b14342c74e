import type { InsideResult, RunInside } from '../../containers/run-inside.ts';
import type { ScanOptions } from '../../containers/scan-container.ts';
import { inspectContainer } from '../container/inspect-container.ts';
import { runInside } from '../container/run-inside.ts';
import { type Engine, EngineRefusal, isRefusal } from '../engine/engine.ts';

/** How a container of the engine is looked into and, as the last resort, killed. @param name its id or name */
export function scanDocker(engine: Engine, name: () => string): Pick<ScanOptions, 'run' | 'killContainer'> {
  /** What the engine says is in `stderr` where nothing could be run in the container. */
  const run: RunInside = async (command, limit): Promise<InsideResult | null> => {
    try {
      return (
        (await runInside(engine, name(), command, limit)) ??
        ((await wake()) ? await runInside(engine, name(), command, limit) : null)
      );
    } catch (error) {
      if (!(error instanceof EngineRefusal)) throw error;
      return { code: -1, stdout: '', stderr: error.words };
    }
  };

  async function killContainer(): Promise<void> {
    await engine.ask('POST', `/containers/${name()}/kill`).catch((error: unknown) => {
      if (!isRefusal(error, 404, 409)) throw error;
    });
  }

  /** A script with the engine's socket can have paused its own container. */
  async function wake(): Promise<boolean> {
    const state = await inspectContainer(engine, name());
    if (state === null || !state.isPaused) return false;
    await engine.ask('POST', `/containers/${name()}/unpause`).catch((error: unknown) => {
      if (!isRefusal(error, 404, 409, 500)) throw error;
    });
    return true;
  }

  return { run, killContainer };
}
