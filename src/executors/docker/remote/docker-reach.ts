import { describeError, Failure } from '../../../base/index.ts';
import type { Say } from '../../executor.ts';
import type { Reach, ReachState, RemoteContainer } from '../../remote/reach.ts';
import { inspectContainer } from '../container/inspect-container.ts';
import { type Engine, EngineRefusal, isRefusal } from '../engine/engine.ts';
import type { JobInDocker } from '../place/job-in-docker.ts';
import { createRemoval } from '../place/removal.ts';
import { execInContainer, isGone } from './exec-in-container.ts';
import { removeVolumes, STATE_DIR } from './sent-files.ts';

/**
 * Where the container of one job is, on an engine that sees nothing of this machine.
 * @param docker with `sentFiles`, and an engine that asks once
 * @param wasReplaced told when there is another container, for the one before was removed
 */
export function createDockerReach(docker: JobInDocker, wasReplaced: () => void): Reach {
  const { impatient: engine, clock } = docker.means;
  let lastOpened: string | null = null;

  async function open(signal: AbortSignal, say: Say): Promise<RemoteContainer> {
    const noted = docker.notes.container;
    // It was opened, and is not what it was: somebody has started it anew.
    if (noted !== null && noted.id === lastOpened) docker.notes.noteContainer({ ...noted, self: null });
    const container = await docker.open(signal, say);
    lastOpened = container.id;
    if (noted !== null && noted.id !== container.id) wasReplaced();
    const { uid, gid, waiter, spared, bash } = container;
    const self = spared.find((each) => each.startsWith(`${waiter}:`)) ?? '';
    return { id: `${container.id} ${self}`, hasBash: bash !== null, uid, gid, waiter, spared };
  }

  async function state(): Promise<ReachState> {
    const found = await inspectContainer(engine, docker.containerId);
    if (found === null) return { kind: 'gone', reason: 'the container of the job was removed' };
    if (found.isRunning) return { kind: 'running', containerId: found.id };
    return { kind: 'stopped', remarks: [] };
  }

  return {
    name: `the Docker Engine at ${engine.name}`,
    stateDir: STATE_DIR,
    open: (signal, say) => asReach(() => open(signal, say)),
    exec: (containerId, words, options) =>
      asReach(async () => {
        const [id = ''] = containerId.split(' ');
        const exec = () => execInContainer(engine, clock, id, { ...options, words });
        return await exec().catch(async (error: unknown) => {
          if (isRefusal(error, 409) && (await wake(engine, id))) return await exec();
          throw error;
        });
      }),
    state: () => asReach(state),
    send: (containerId, directory, tar, signal) =>
      asReach(async () => {
        const [id = ''] = containerId.split(' ');
        await engine.send(`/containers/${id}/archive`, tar, { query: { path: directory }, signal });
      }),
    remove: (keepFiles) => asReach(() => remove(docker, keepFiles)),
  };
}

async function remove(docker: JobInDocker, keepFiles: boolean): Promise<void> {
  const { impatient: engine } = docker.means;
  const removal = createRemoval();
  if (keepFiles) {
    await removal.attempt(() => kill(engine, docker.containerId));
    await docker.stopServices(removal);
  } else {
    await docker.removeContainers(removal);
    await docker.removeAround(removal);
    await removal.attempt(() => removeVolumes(engine, docker.job));
  }
  if (removal.wasAway) throw new Failure('reach_cut', `${engine.name} has not answered`);
  removal.finish();
  if (!keepFiles) docker.notes.remove();
}

async function kill(engine: Engine, id: string): Promise<void> {
  await engine.ask('POST', `/containers/${id}/kill`).catch((error: unknown) => {
    if (!isGone(error)) throw error;
  });
}

/** A script with the engine's socket can have paused its own container. @returns whether it was that */
async function wake(engine: Engine, id: string): Promise<boolean> {
  const found = await inspectContainer(engine, id);
  if (found === null || !found.isPaused) return false;
  await engine.ask('POST', `/containers/${id}/unpause`).catch((error: unknown) => {
    if (!isRefusal(error, 404, 409, 500)) throw error;
  });
  return true;
}

async function asReach<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw translated(error);
  }
}

function translated(error: unknown): unknown {
  if (!(error instanceof Failure)) return error;
  const { cause } = error;
  // What could not be had because the engine did not answer is asked for again.
  if (error.code === 'executor_unavailable' && cause instanceof Failure && cause.code === 'engine_unreachable')
    return new Failure('reach_cut', error.message, { cause: error });
  if (error.code === 'engine_unreachable') return new Failure('reach_cut', error.message, { cause: error });
  if (!(error instanceof EngineRefusal)) return error;
  if (isGone(error)) return new Failure('container_gone', error.message, { cause: error });
  const isFull = /no space left|disk quota/i.test(error.words);
  return new Failure(isFull ? 'no_space' : 'exec_refused', describeError(error), { cause: error });
}
