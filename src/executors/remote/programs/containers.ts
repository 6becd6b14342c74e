import { type Clock, Failure } from '../../../base/index.ts';
import type { Say } from '../../executor.ts';
import type { Reach, RemoteContainer } from '../reach.ts';
import type { AwayClock } from './away-clock.ts';

/** The container that programs of a job are run in: opened once, and again when it is gone. */
export interface Containers {
  open(signal?: AbortSignal, say?: Say): Promise<RemoteContainer>;
  /** null: it does not run, and none is started. */
  running(): Promise<RemoteContainer | null>;
  /** It is not what it was. */
  forget(): void;
  /** Does something in a container; where it is gone nothing of it was done, and it is done in the next. Somebody may stop them over and over: then `container_gone` comes out. */
  within<T>(signal: AbortSignal | undefined, attempt: () => Promise<T>): Promise<T>;
}

const TRIES = 5;
const PAUSE_MS = 100;
const NEVER = new AbortController().signal;

export function createContainers(reach: Reach, clock: Pick<Clock, 'sleep'>, away: AwayClock): Containers {
  let opened: Promise<RemoteContainer> | null = null;

  function open(signal = NEVER, say: Say = () => {}): Promise<RemoteContainer> {
    if (opened !== null) return opened;
    const found = reach.open(signal, say);
    opened = found;
    found.catch(() => {
      if (opened === found) opened = null;
    });
    return found;
  }

  return {
    open,
    async running() {
      if (opened !== null) return await opened;
      const { kind } = await reach.state();
      return kind === 'running' || kind === 'leaving' ? await open() : null;
    },
    forget() {
      opened = null;
    },
    async within(signal, attempt) {
      for (let tries = 1; ; tries += 1) {
        try {
          return await attempt();
        } catch (error) {
          if (!(error instanceof Failure) || error.code !== 'container_gone' || tries === TRIES) throw error;
          away.answered();
          opened = null;
          await clock.sleep(PAUSE_MS * tries, signal);
        }
      }
    },
  };
}
