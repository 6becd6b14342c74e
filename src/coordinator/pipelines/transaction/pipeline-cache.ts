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

const MOST_JOBS = 200_000;
const MOST_PLANS = 200;

/**
 * States of pipelines by version, so that an event need not read all rows of its pipeline. Only a cache: whoever asks names the version that the locked
 * row has, and gets nothing when another process has moved on.
 */
export class PipelineCache {
  readonly #pipelines = new Map<number, LoadedPipeline>();
  readonly #plans = new Map<string, Plan>();
  #jobs = 0;

  find(id: number, version: number): LoadedPipeline | null {
    const found = this.#pipelines.get(id);
    if (found?.version !== version) return null;
    // Latest used last.
    this.#pipelines.delete(id);
    this.#pipelines.set(id, found);
    return found;
  }

  keep(loaded: LoadedPipeline): void {
    const { id, version } = loaded;
    if ((this.#pipelines.get(id)?.version ?? 0) > version) return;
    this.drop(id);
    this.#pipelines.set(id, loaded);
    this.#jobs += loaded.jobIds.length + 1;
    for (const oldest of this.#pipelines.keys()) {
      if (this.#jobs <= MOST_JOBS || oldest === id) break;
      this.drop(oldest);
    }
  }

  drop(id: number): void {
    const found = this.#pipelines.get(id);
    if (found === undefined) return;
    this.#pipelines.delete(id);
    this.#jobs -= found.jobIds.length + 1;
  }

  /** Everything, as if the program had just started. */
  clear(): void {
    this.#pipelines.clear();
    this.#plans.clear();
    this.#jobs = 0;
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

const caches = new WeakMap<Store, PipelineCache>();

/** One a store. */
export function cacheOf(store: Store): PipelineCache {
  const known = caches.get(store);
  if (known !== undefined) return known;
  const fresh = new PipelineCache();
  caches.set(store, fresh);
  return fresh;
}
