import { Failure } from '../../../base/index.ts';
import type { StepState } from '../../executor.ts';
import { inspectContainer } from '../container/job-container.ts';
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

/** How often the kernel has killed a process of this container for want of memory; cgroup v1, then v2. Builtins only. */
const OOM_SCRIPT = `
for file in /sys/fs/cgroup/memory/memory.oom_control /sys/fs/cgroup/memory.events; do
  while read -r key value; do
    [ "$key" != oom_kill ] || { printf '%s\\n' "$value"; exit; }
  done 2>/dev/null <"$file"
done
`;

/** What a step's readers should know about its end: memory that was used up, a service that died. Asked once a step, at its end. */
export class Remarks {
  readonly #options: RemarksOptions;
  #oomKills = 0;

  constructor(options: RemarksOptions) {
    this.#options = options;
  }

  /** Never rejects: an engine that does not answer has no remarks. */
  async about(state: StepState): Promise<readonly string[]> {
    try {
      const failed = state.kind === 'vanished' || (state.kind === 'ended' && state.code !== 0);
      const oom = failed ? await this.#outOfMemory() : [];
      return [...oom, ...((await this.#options.services()?.died()) ?? [])];
    } catch (error) {
      if (error instanceof Failure) return [];
      throw error;
    }
  }

  async #outOfMemory(): Promise<readonly string[]> {
    const { impatient, containerId, memoryBytes } = this.#options;
    const id = containerId();
    const result = await runInside(impatient, id, ['sh', '-c', OOM_SCRIPT]);
    // Of one that has ended the engine knows; of one that runs it learns it at its end only.
    const kills =
      result === null ? Number((await inspectContainer(impatient, id))?.outOfMemory ?? false) : Number(result.stdout);
    const isNew = result === null ? kills > 0 : kills > this.#oomKills;
    this.#oomKills = result === null ? 0 : kills;
    if (!isNew) return [];
    const limit =
      memoryBytes === null
        ? 'this machine had no more'
        : `the limit of the container is ${Math.round(memoryBytes / 2 ** 20)} MiB`;
    return [`the kernel killed a process for want of memory (OOM): ${limit}`];
  }
}
