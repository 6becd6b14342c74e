import { type Clock, Failure } from '../../../base/index.ts';
import type { StepState } from '../../executor.ts';
import { createStepFollower } from '../../steps/follow-step.ts';
import type { AwayClock } from '../programs/away-clock.ts';
import type { Programs } from '../programs/programs.ts';
import { LogStream } from './log-stream.ts';
import type { StepCopy } from './step-copy.ts';
import { cutProgram } from './step-programs.ts';

export interface RemoteStepOptions {
  readonly programs: Programs;
  readonly clock: Clock;
  readonly away: AwayClock;
  readonly stateDir: string;
  readonly copy: StepCopy;
  readonly leaving: () => string | null;
  readonly remarks: (state: StepState) => Promise<readonly string[]>;
  /** Its start was given up, and may still come true: whoever looks is to start it again. */
  readonly isGivenUp: () => boolean;
  /** Finds out which steps are claimed in the place; false: it has not answered. */
  readonly survey: () => Promise<boolean>;
}

const CUT_EVERY_MS = 1_000;

/** What is known of one step, by its copy and by what follows its log. Final answers are kept. */
export class RemoteStep {
  readonly copy: StepCopy;
  readonly #options: RemoteStepOptions;
  readonly #stream: LogStream;
  readonly #follower: ReturnType<typeof createStepFollower>;
  /** Why its place was told to go. */
  #leaving: string | null = null;
  #final: Promise<StepState> | null = null;
  #isClosed = false;
  #cutAt: number | null = null;
  #cutting: Promise<number> | null = null;

  constructor(options: RemoteStepOptions) {
    const { programs, clock, copy, stateDir } = options;
    this.#options = options;
    this.copy = copy;
    this.#stream = new LogStream({ programs, clock, copy, dir: `${stateDir}/steps/${copy.id}` });
    this.#follower = createStepFollower({ stepDir: copy.dir, clock, look: () => this.look() });
  }

  async look(): Promise<StepState> {
    if (this.#final !== null) return await this.#final;
    const state = await this.#examine();
    if (state.kind === 'absent' || state.kind === 'running' || (state.kind === 'evicted' && !state.isGone))
      return state;
    this.#final ??= this.#remark(state);
    return await this.#final;
  }

  async readLog(offset: number, into: Uint8Array): Promise<number> {
    const count = await this.#follower.readLog(offset, into);
    this.#stream.wasRead(offset + count);
    return count;
  }

  changed(maxMs: number, signal?: AbortSignal): Promise<void> {
    return this.#follower.changed(maxMs, signal);
  }

  /** What comes while nothing is asked for is cut the next time. */
  async cutLog(sizeBytes: number): Promise<number> {
    const { clock } = this.#options;
    if (this.copy.exit() !== null) return this.#follower.cutLog(sizeBytes);
    if (this.copy.size() <= sizeBytes) return 0;
    if (this.#cutting === null && this.#cutAt !== null && clock.monotonic() - this.#cutAt < CUT_EVERY_MS) return 0;
    this.#cutting ??= this.#cut(sizeBytes).finally(() => {
      this.#cutting = null;
      this.#cutAt = clock.monotonic();
    });
    return await this.#cutting;
  }

  /** Resolves when its end is known, or after so long. */
  async finished(maxMs: number): Promise<void> {
    if (this.#final !== null || this.copy.exit() !== null || this.#isClosed) return;
    this.#stream.start();
    await this.#stream.finished(maxMs);
  }

  /** From here on it is what its copy says. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#stream.stop();
    this.#follower.close();
  }

  async #examine(): Promise<StepState> {
    const { copy } = this;
    const { away, survey, isGivenUp } = this.#options;
    const code = copy.exit()?.code;
    if (code !== undefined) return { kind: 'ended', code };
    if (this.#isClosed) return copy.isClaimed() ? { kind: 'vanished' } : { kind: 'absent' };
    if (!copy.isClaimed() && (isGivenUp() || ((await survey()) && !copy.isClaimed()))) return { kind: 'absent' };
    const { end } = this.#stream;
    if (end?.kind === 'lost') return end;
    this.#leaving = this.#options.leaving() ?? this.#leaving;
    const isGone = end?.kind === 'gone';
    if (isGone && this.#leaving === null) return { kind: 'vanished' };
    if (copy.isClaimed()) this.#stream.start();
    if (this.#leaving !== null) return { kind: 'evicted', reason: this.#leaving, isGone };
    if (away.isLost()) return { kind: 'lost', reason: 'the place has not answered for too long' };
    return { kind: 'running' };
  }

  async #remark(state: StepState): Promise<StepState> {
    if (state.kind !== 'ended' && state.kind !== 'vanished') return state;
    const remarks = this.#isClosed ? [] : await this.#options.remarks(state);
    return remarks.length === 0 ? state : { ...state, remarks };
  }

  /** In the place first; then the copy, which nothing follows meanwhile. */
  async #cut(sizeBytes: number): Promise<number> {
    const { programs, stateDir } = this.#options;
    await this.#stream.stop();
    const program = cutProgram({ stateDir, id: this.copy.id }, sizeBytes);
    const request = { what: 'cut', program, as: 'user', patienceMs: 0 } as const;
    const gone = await programs.askRunning(request).then(
      (answer) => Number(/^\d+$/m.exec(answer?.stdout.toString() ?? '')?.[0] ?? 0),
      (error: unknown) => {
        // The next time, then.
        if (!(error instanceof Failure)) throw error;
        return null;
      },
    );
    if (gone !== null) this.#follower.cutLog(sizeBytes);
    if (!this.#isClosed) this.#stream.start();
    return gone ?? 0;
  }
}
