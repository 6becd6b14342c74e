import { type Clock, describeError, Failure } from '../../../base/index.ts';
import type { JobSpec, StepState } from '../../executor.ts';
import { readClaim, readExit, readWrapper, type WrapperId } from '../../steps/step-directory.ts';
import { inspectContainer } from '../container/inspect-container.ts';
import type { PrivateNotes } from '../container/private-notes.ts';
import { runInside } from '../container/run-inside.ts';
import type { Engine } from '../engine/engine.ts';
import type { Remarks } from './remarks.ts';
import { isExecRunning, stepDirOf } from './start-container-step.ts';

/** Between two questions whether a step's processes live; its end is seen in its directory at once. */
const ALIVE_EVERY_MS = 1_000;
/** An engine that does not answer for so long: nothing will come any more. */
const AWAY_MS = 10 * 60_000;

export interface LookOptions {
  /** Asks once and does not wait for an engine that is away: a step that has ended is seen all the same. */
  readonly impatient: Engine;
  readonly clock: Clock;
  readonly job: JobSpec;
  readonly notes: PrivateNotes;
  readonly containerId: () => string;
  readonly remarks: Pick<Remarks, 'about'>;
}

/** What is known of one step; final answers are kept. */
export class ContainerStep {
  readonly #options: LookOptions;
  readonly #id: string;
  readonly #dir: string;
  #final: StepState | null = null;
  #checkedAt: number | null = null;
  #awaySince: number | null = null;
  #checking: Promise<StepState> | null = null;
  #ending: Promise<StepState> | null = null;

  constructor(options: LookOptions, id: string) {
    this.#options = options;
    this.#id = id;
    this.#dir = stepDirOf(options.job, id);
  }

  async look(): Promise<StepState> {
    if (this.#final !== null) return this.#final;
    const state = await this.#examine();
    if (state.kind === 'absent' || state.kind === 'running') return state;
    this.#ending ??= this.#remark(state);
    this.#final = await this.#ending;
    return this.#final;
  }

  async #remark(state: StepState): Promise<StepState> {
    if (state.kind !== 'ended' && state.kind !== 'vanished') return state;
    const remarks = [...(state.remarks ?? []), ...(await this.#options.remarks.about(state))];
    return remarks.length === 0 ? state : { ...state, remarks };
  }

  async #examine(): Promise<StepState> {
    const code = readExit(this.#dir)?.code;
    if (code !== undefined) return { kind: 'ended', code };
    if (readClaim(this.#dir) !== 'wrapper') return { kind: 'absent' };
    const now = this.#options.clock.monotonic();
    if (this.#checkedAt !== null && now - this.#checkedAt < ALIVE_EVERY_MS) return { kind: 'running' };
    this.#checking ??= this.#check().finally(() => {
      this.#checking = null;
      this.#checkedAt = this.#options.clock.monotonic();
    });
    return await this.#checking;
  }

  async #check(): Promise<StepState> {
    const { clock } = this.#options;
    try {
      const end = await this.#findEnd();
      this.#awaySince = null;
      if (end === null) return { kind: 'running' };
      // It writes first and goes then.
      const code = readExit(this.#dir)?.code;
      return code === undefined ? end : { kind: 'ended', code };
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      // No news: its processes may well go on while the engine is started anew.
      this.#awaySince ??= clock.monotonic();
      if (clock.monotonic() - this.#awaySince < AWAY_MS) return { kind: 'running' };
      return { kind: 'lost', reason: describeError(error) };
    }
  }

  /** null: its wrapper lives. */
  async #findEnd(): Promise<StepState | null> {
    const { impatient, notes, containerId } = this.#options;
    const container = await inspectContainer(impatient, containerId());
    const execs = notes.execs(this.#id);
    const isAnother = execs.length > 0 && !execs.some(({ containerId }) => containerId === container?.id);
    if (container === null || isAnother) return { kind: 'vanished', remarks: ['the container of the job was removed'] };
    if (!container.isRunning) return { kind: 'vanished' };
    const alive = await Promise.all(execs.map((exec) => isExecRunning(impatient, exec)));
    if (alive.includes(true)) return null;
    const wrapper = readWrapper(this.#dir);
    const isKnown = alive.length > 0 && !alive.includes(null);
    if (!isKnown && wrapper !== null && (await isAliveInside(impatient, container.id, wrapper))) return null;
    return { kind: 'vanished' };
  }
}

/** For an engine that was started anew, which knows no exec of before. */
async function isAliveInside(engine: Engine, name: string, { pid, startedAt }: WrapperId): Promise<boolean> {
  const script = 'read -r line 2>/dev/null <"/proc/$1/stat" && printf "%s\\n" "$line"';
  const result = await runInside(engine, name, ['sh', '-c', script, 'sh', String(pid)]);
  // Field 22; the name before it may hold anything.
  const fields = result?.stdout.slice(result.stdout.lastIndexOf(')') + 2).split(' ') ?? [];
  return result?.code === 0 && Number(fields[19]) === startedAt;
}
