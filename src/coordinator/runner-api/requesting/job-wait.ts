import type { ServerResponse } from 'node:http';
import type { Parts } from '../../parts.ts';
import { type HandOut, handOut, type RunnerAsking } from '../../work/index.ts';
import type { LongPoll, LongPolls } from './long-polls.ts';
import type { Waiter, WaitingRoom } from './waiting-room.ts';

export interface WaitTools {
  readonly parts: Parts;
  readonly room: WaitingRoom;
  readonly polls: LongPolls;
}

/**
 * A request for work, from its first turn to its answer. While it waits there is this of it, the connection, and nothing else: no promise and no
 * timer, as ten thousand may wait. First `begin`; when that says `wait`, `hold`.
 */
export class JobWait implements LongPoll {
  readonly #tools: WaitTools;
  readonly #asking: RunnerAsking;
  readonly #response: ServerResponse;
  readonly #waiter: Waiter;
  #tell: ((job: Promise<HandOut | null>) => void) | null = null;
  #isAsking = false;
  #isOver = false;

  constructor(tools: WaitTools, asking: RunnerAsking, response: ServerResponse) {
    this.#tools = tools;
    this.#asking = asking;
    this.#response = response;
    this.#waiter = tools.room.enter(asking.fit, () => this.#wake());
  }

  /** No job is to be handed out to it any more: the asker has gone, or the server stops. */
  get aborted(): boolean {
    return this.#isOver || this.#response.closed;
  }

  /** Asks once. `wait`: there is none now, and it `mayWait`. Null: there is none, and this is over. */
  async begin(mayWait: boolean): Promise<HandOut | 'wait' | null> {
    let isLeft = true;
    try {
      const job = await this.#turn();
      if (job !== null || !mayWait) return job;
      isLeft = false;
      return 'wait';
    } finally {
      if (isLeft) this.#waiter.leave();
    }
  }

  /** Waits for a job, as long as a long poll lasts and until `end` is called. Null: none came. */
  hold(tell: (job: Promise<HandOut | null>) => void): void {
    this.#tell = tell;
    this.#tools.polls.add(this);
    if (this.#waiter.isWoken) this.#wake();
  }

  /** Once it is over, this does nothing. */
  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#tools.polls.delete(this);
    if (!this.#isAsking) this.#answer(Promise.resolve(null));
  }

  #wake(): void {
    if (this.#tell !== null && !this.#isAsking && !this.#isOver) void this.#askAgain();
  }

  /** Never rejects: its asker is told. */
  async #askAgain(): Promise<void> {
    this.#isAsking = true;
    try {
      let job: HandOut | null;
      do job = await this.#turn();
      while (job === null && this.#waiter.isWoken && !this.#isOver);
      this.#isAsking = false;
      if (job !== null || this.#isOver) this.#answer(Promise.resolve(job));
    } catch (error) {
      this.#answer(Promise.reject(error));
    }
  }

  async #turn(): Promise<HandOut | null> {
    this.#waiter.listen();
    const job = await handOut(this.#tools.parts, this.#asking, { signal: this });
    if (job !== null) this.#waiter.served();
    return job;
  }

  #answer(job: Promise<HandOut | null>): void {
    this.#isOver = true;
    this.#tools.polls.delete(this);
    this.#waiter.leave();
    this.#tell?.(job);
  }
}
