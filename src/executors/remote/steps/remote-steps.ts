import { type Clock, describeError, errorCode, Failure } from '../../../base/index.ts';
import { type JobProcess, type JobSpec, START_PATIENCE_MS, type StepSpec, type StepState } from '../../executor.ts';
import { clearStep } from '../../steps/clear-step.ts';
import { claimedSteps, STEP_FORBIDDEN } from '../../steps/step-directory.ts';
import type { AwayClock } from '../programs/away-clock.ts';
import type { Programs } from '../programs/programs.ts';
import type { ProgramAnswer } from '../run-program.ts';
import { RemoteStep } from './remote-step.ts';
import {
  type Claim,
  forbidRemoteStep,
  makeRandom,
  notHeardOf,
  type StartOptions,
  said,
  startRemoteStep,
} from './start-remote-step.ts';
import { copyOf } from './step-copy.ts';
import { clearProgram, reserveProgram, surveyProgram } from './step-programs.ts';

export interface RemoteStepsOptions extends StartOptions {
  readonly programs: Programs;
  readonly clock: Clock;
  readonly away: AwayClock;
  readonly job: JobSpec;
  /** Why the place is about to go; null: it is not. Makes no request. */
  readonly leaving: () => string | null;
  readonly remarks: (state: StepState) => Promise<readonly string[]>;
}

/** Between two questions which steps are claimed. */
const SURVEY_EVERY_MS = 1_000;
const SURVEY_BYTES = 4 * 1024 * 1024;
/** What the script may turn out longer. */
const SPARE_BYTES = 4096;

/** The steps of one job in a remote place. */
export class RemoteSteps {
  readonly #options: RemoteStepsOptions;
  readonly #steps = new Map<string, RemoteStep>();
  /** Starts that were given up, and may still come true. */
  readonly #unsettled = new Set<string>();
  readonly #starting = new Set<string>();
  #survey: Promise<boolean> | null = null;
  #surveyedAt: number | null = null;

  constructor(options: RemoteStepsOptions) {
    this.#options = options;
  }

  get(id: string): RemoteStep {
    const { programs, clock, away, job, stateDir, leaving, remarks } = this.#options;
    const known =
      this.#steps.get(id) ??
      new RemoteStep({
        ...{ programs, clock, away, stateDir, leaving, remarks, copy: copyOf(job.stepsDir, id) },
        survey: () => this.survey(),
        isGivenUp: () => this.#unsettled.has(id),
      });
    this.#steps.set(id, known);
    return known;
  }

  /** Ids of the steps that are claimed as far as is known here. */
  get claimed(): readonly string[] {
    return claimedSteps(this.#options.job.stepsDir).map(({ id }) => id);
  }

  /** As the scan has it: wrappers are spared. */
  get wrappers(): readonly string[] {
    return this.claimed.flatMap((id) => {
      const [pid, start] = this.get(id).copy.wrapper().split(' ');
      return pid && start ? [`${pid}:${start}`] : [];
    });
  }

  get starting(): readonly JobProcess[] {
    return [...this.#starting].map(() => ({ pid: 0, name: 'sh' }));
  }

  async start(step: StepSpec): Promise<void> {
    const { id } = step;
    const { copy } = this.get(id);
    if (copy.isClaimed()) return;
    await this.#settle(id);
    this.#starting.add(id);
    try {
      copy.reserve();
      const claim = await startRemoteStep(this.#options, step);
      this.#unsettled.delete(id);
      this.#record(id, claim);
    } catch (error) {
      if (!(error instanceof Failure) && errorCode(error) === undefined) throw error;
      if (!(error instanceof Failure) || !['reach_cut', 'place_lost'].includes(error.code))
        throw asNotStarted(id, error);
      this.#unsettled.add(id);
      throw notHeardOf(id, error);
    } finally {
      this.#starting.delete(id);
    }
  }

  /** @returns those that have come true */
  async forbidUnsettled(patienceMs?: number): Promise<readonly string[]> {
    const came: string[] = [];
    for (const id of this.#unsettled) {
      if ((await this.forbid(id, patienceMs)).kind === 'claimed') came.push(id);
      this.#unsettled.delete(id);
    }
    return came;
  }

  async forbid(id: string, patienceMs?: number): Promise<Claim> {
    const claim = await forbidRemoteStep(this.#options, id, patienceMs);
    this.#record(id, claim);
    return claim;
  }

  async reserve({ id, script }: StepSpec): Promise<void> {
    const { programs, stateDir } = this.#options;
    this.get(id).copy.reserve();
    const program = reserveProgram({ stateDir, id }, makeRandom(), Buffer.byteLength(script) + SPARE_BYTES);
    checked(`make room for ${id}`, await programs.ask({ what: 'reserve', program, as: 'user' }));
  }

  async clear(id: string): Promise<void> {
    const { programs, stateDir } = this.#options;
    const random = makeRandom();
    for (let number = '', tries = 0; tries < 3; tries += 1) {
      const program = clearProgram({ stateDir, id }, random, number);
      const answer = checked(`clear the place of ${id}`, await programs.ask({ what: 'clear', program, as: 'user' }));
      number = answer.stdout.toString().trim();
      if (number !== 'clean') continue;
      await this.#steps.get(id)?.close();
      this.#steps.delete(id);
      clearStep(copyOf(this.#options.job.stepsDir, id).dir);
      return;
    }
    throw new Failure('executor_failed', `cannot clear the place of ${id}: something puts it there again`);
  }

  /** Writes down which steps are claimed in the place, once a second at most. @returns whether there was an answer */
  survey(): Promise<boolean> {
    const { clock } = this.#options;
    const isFresh = this.#surveyedAt !== null && clock.monotonic() - this.#surveyedAt < SURVEY_EVERY_MS;
    if (isFresh && this.#survey === null) return Promise.resolve(true);
    this.#survey ??= this.#look().finally(() => {
      this.#survey = null;
    });
    return this.#survey;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#steps.values()].map((step) => step.close()));
  }

  /** Those that may still be running have ended, or so long has passed. */
  async finished(maxMs: number): Promise<void> {
    await Promise.all(this.claimed.map((id) => this.get(id).finished(maxMs)));
  }

  async #look(): Promise<boolean> {
    const { programs, stateDir, clock } = this.#options;
    try {
      const program = surveyProgram(stateDir);
      const limits = { limitBytes: SURVEY_BYTES, patienceMs: 0 };
      const answer = await programs.askRunning({ what: 'look', program, as: 'user', ...limits });
      for (const line of answer?.stdout.toString().split('\n') ?? []) {
        const [, id, wrapper = ''] = /^([\w-]+) (\d+ \S+ \S+)?$/.exec(line) ?? [];
        if (id !== undefined) this.#record(id, { kind: 'claimed', wrapper });
      }
      this.#surveyedAt = clock.monotonic();
      return true;
    } catch (error) {
      if (error instanceof Failure) return false;
      throw error;
    }
  }

  /** No start that was given up comes true from here on; `but`: it is about to be tried again. @throws Failure `step_not_started`: that is not known, or one has come true, and runs */
  async #settle(but: string): Promise<void> {
    this.#unsettled.delete(but);
    const came = await this.forbidUnsettled(START_PATIENCE_MS).catch((error: unknown) => {
      throw error instanceof Failure ? asNotStarted(but, error) : error;
    });
    if (came.length === 0) return;
    throw new Failure('step_not_started', `step ${but} was not started: ${came.join(', ')} has begun meanwhile`);
  }

  #record(id: string, claim: Claim): void {
    if (claim.kind === 'claimed') this.get(id).copy.claim(claim.wrapper);
  }
}

/** @throws Failure `executor_failed` with what the place has said */
function checked(attempt: string, answer: ProgramAnswer): ProgramAnswer {
  if (answer.code === 0) return answer;
  throw new Failure('executor_failed', `cannot ${attempt}${said(answer)}`);
}

function asNotStarted(id: string, error: unknown): unknown {
  if (error instanceof Failure && ['step_not_started', STEP_FORBIDDEN].includes(error.code)) return error;
  return new Failure('step_not_started', `step ${id} was not started: ${describeError(error)}`, { cause: error });
}
