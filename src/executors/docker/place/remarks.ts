import { Failure } from '../../../base/index.ts';
import { watchOutOfMemory } from '../../containers/out-of-memory.ts';
import type { StepState } from '../../executor.ts';
import { inspectContainer } from '../container/inspect-container.ts';
import { runInside } from '../container/run-inside.ts';
import type { Engine } from '../engine/engine.ts';
import type { Services } from '../services/services.ts';

export interface RemarksOptions {
  /** Asks once and does not wait for an engine that is away. */
  readonly impatient: Engine;
  readonly containerId: () => string;
  readonly services: () => Services | null;
  /** Bytes; null: no limit. */
  readonly memoryBytes: number | null;
}

/** What a step's readers should know about its end: memory that was used up, a service that died. Asked once a step, at its end. */
export class Remarks {
  readonly #services: RemarksOptions['services'];
  readonly #outOfMemory: () => Promise<readonly string[]>;

  constructor({ impatient, containerId, services, memoryBytes }: RemarksOptions) {
    this.#services = services;
    this.#outOfMemory = watchOutOfMemory({
      run: (command) => runInside(impatient, containerId(), command),
      wasKilled: async () => (await inspectContainer(impatient, containerId()))?.outOfMemory ?? false,
      memoryBytes,
    });
  }

  /** Never rejects: an engine that does not answer has no remarks. */
  async about(state: StepState): Promise<readonly string[]> {
    try {
      const failed = state.kind === 'vanished' || (state.kind === 'ended' && state.code !== 0);
      const oom = failed ? await this.#outOfMemory() : [];
      return [...oom, ...((await this.#services()?.died()) ?? [])];
    } catch (error) {
      if (error instanceof Failure) return [];
      throw error;
    }
  }
}
