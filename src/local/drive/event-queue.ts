import {
  applyPipeline,
  type PipelineEffect,
  type PipelineEvent,
  type PipelineState,
  type Refusal,
} from '../../lifecycle/index.ts';
import type { PipelineClock } from './pipeline-clock.ts';

interface Queued {
  readonly event: PipelineEvent;
  readonly answer: (refused: Refusal | null) => void;
}

export interface QueueOptions {
  readonly state: PipelineState;
  readonly clock: Pick<PipelineClock, 'now'>;
  /** Has the effects of one event done before the next one is looked at; what it sends meanwhile waits. */
  readonly perform: (effect: PipelineEffect) => void;
  /** An effect could not be done: a bug, which must not keep the others, and the events that wait, from their turn. */
  readonly onBug: (error: unknown) => void;
  /** Nothing is left to do for now. */
  readonly onIdle: () => void;
}

/** Owns the state of a pipeline and takes one event after another, each with all of its effects. */
export class EventQueue {
  readonly #options: QueueOptions;
  readonly #queued: Queued[] = [];
  #state: PipelineState;

  constructor(options: QueueOptions) {
    this.#options = options;
    this.#state = options.state;
  }

  get state(): PipelineState {
    return this.#state;
  }

  /** Resolves with what the lifecycle said: why it refused the event, or null. */
  send(event: PipelineEvent): Promise<Refusal | null> {
    const { promise, resolve } = Promise.withResolvers<Refusal | null>();
    this.#queued.push({ event, answer: resolve });
    if (this.#queued.length === 1) this.#workOff();
    return promise;
  }

  #workOff(): void {
    const { clock, onIdle } = this.#options;
    for (let next = this.#queued[0]; next !== undefined; next = this.#queued[0]) {
      try {
        const { state, effects, refused } = applyPipeline(this.#state, next.event, clock.now());
        this.#state = state;
        for (const effect of effects) this.#perform(effect);
        next.answer(refused);
      } finally {
        this.#queued.shift();
      }
    }
    onIdle();
  }

  #perform(effect: PipelineEffect): void {
    try {
      this.#options.perform(effect);
    } catch (error) {
      this.#options.onBug(error);
    }
  }
}
