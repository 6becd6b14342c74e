import type { PipelineState } from '../../../lifecycle/index.ts';
import type { Plan } from '../../../protocol/index.ts';
import type { Store } from '../../../store/index.ts';

/** A pipeline as it was at one version. */
export interface LoadedPipeline {
  readonly id: number;
  readonly version: number;
  readonly state: PipelineState;
  /** Ids of the jobs by their number. */
  readonly jobIds: readonly number[];
}

/** In jobs, of all that is kept. */
const MOST_SIZE = 200_000;
const MOST_PLANS = 200;
/** A snapshot that somebody reads from is as many events behind as came since. */
const VERSIONS_A_PIPELINE = 8;
/** An older version shares with the newest all but what an event touched: so many jobs, about. */
const SIZE_OF_OLDER = 10;

/**
 * States of pipelines by version, so that an event need not read all rows of its pipeline. Only a cache: whoever asks names the version that the locked
 * row has, and gets nothing when another process has moved on.
 */
export class PipelineCache {
  /** Newest version first; the pipeline that was asked for last is the last. */
  readonly #pipelines = new Map<number, readonly LoadedPipeline[]>();
  readonly #plans = new Map<string, Plan>();
  #size = 0;

  find(id: number, version: number): LoadedPipeline | null {
    const versions = this.#pipelines.get(id);
    const found = versions?.find((each) => each.version === version);
    if (versions === undefined || found === undefined) return null;
    this.#pipelines.delete(id);
    this.#pipelines.set(id, versions);
    return found;
  }

  /** Nothing but what is committed. */
  keep(loaded: LoadedPipeline): void {
    const { id, version } = loaded;
    const older = this.#pipelines.get(id) ?? [];
    if ((older[0]?.version ?? 0) >= version) return;
    this.drop(id);
    this.#pipelines.set(id, [loaded, ...older.slice(0, VERSIONS_A_PIPELINE - 1)]);
    this.#size += sizeOf(this.#pipelines.get(id));
    for (const oldest of this.#pipelines.keys()) {
      if (this.#size <= MOST_SIZE || oldest === id) break;
      this.drop(oldest);
    }
  }

  drop(id: number): void {
    this.#size -= sizeOf(this.#pipelines.get(id));
    this.#pipelines.delete(id);
  }

  /** Everything, as if the program had just started. */
  clear(): void {
    this.#pipelines.clear();
    this.#plans.clear();
    this.#size = 0;
  }

  plan(hash: string): Plan | null {
    return this.#plans.get(hash) ?? null;
  }

  keepPlan(hash: string, plan: Plan): void {
    this.#plans.delete(hash);
    this.#plans.set(hash, plan);
    for (const oldest of this.#plans.keys()) {
      if (this.#plans.size <= MOST_PLANS) break;
      this.#plans.delete(oldest);
    }
  }
}

function sizeOf([newest, ...older]: readonly LoadedPipeline[] = []): number {
  if (newest === undefined) return 0;
  const size = newest.jobIds.length + 1;
  return size + older.length * Math.min(size, SIZE_OF_OLDER);
}

const caches = new WeakMap<Store, PipelineCache>();

/** One a store. */
export function cacheOf(store: Store): PipelineCache {
  const known = caches.get(store);
  if (known !== undefined) return known;
  const fresh = new PipelineCache();
  caches.set(store, fresh);
  return fresh;
}
