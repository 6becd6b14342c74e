import type { Clock } from '../../base/index.ts';
import {
  applyPipeline,
  createPipeline,
  DEFAULT_POLICY,
  everyJob,
  findJob,
  type OutsideJobEvent,
  type PipelineEffect,
  type PipelineEvent,
  type PipelineJob,
  type PipelineState,
  type Refusal,
} from '../../lifecycle/index.ts';
import { isFinished, type Plan, type PlannedJob, type Status } from '../../protocol/index.ts';
import { JobControl } from '../../runner/index.ts';
import type { RunEvent } from '../run-event.ts';
import { Alarms } from './alarms.ts';
import { changedEvent, finishedEvent } from './job-events.ts';
import type { Answer, JobReport, JobWork } from './job-work.ts';
import type { ReadyQueue } from './ready-queue.ts';

export interface DriverOptions {
  readonly plan: Plan;
  /** First of as many ids as `idsNeeded(plan)`. */
  readonly firstJobId: number;
  /** Put before job names in events: the path of trigger jobs that leads to this pipeline. */
  readonly namePrefix: string;
  readonly clock: Clock;
  readonly queue: ReadyQueue;
  readonly emit: (event: RunEvent) => void;
  /** Null: the job was taken back before it began. */
  readonly work: (work: JobWork) => Promise<JobReport | null>;
  /** Manual and delayed jobs to start by name as soon as they wait. */
  readonly manual: ReadonlySet<string>;
  /** A driver for the child pipeline of a trigger job; null (after having said why) when it cannot be made. */
  readonly child: (job: PlannedJob) => Promise<PipelineDriver | null>;
}

/** Statuses that still come to an end without anybody's help. */
const ALIVE: ReadonlySet<Status> = new Set(['pending', 'running', 'canceling', 'waiting_for_resource', 'scheduled']);

/** There is no other runner that could take a cleanup which this one could not do. */
const ALONE = { ...DEFAULT_POLICY, maxCleanupHandOuts: 0 };

/** Every job may run three times: once, and two retries. */
export function idsNeeded(plan: Plan): number {
  return plan.jobs.length * 3;
}

/**
 * Drives one pipeline inside this process: feeds the lifecycle with what happens and does what it says. Holds no rule of its own.
 * A life: `run` once; `cancel` and `forceCancel` at any time.
 */
export class PipelineDriver {
  readonly #options: DriverOptions;
  readonly #controls = new Map<number, JobControl>();
  readonly #children = new Map<number, PipelineDriver>();
  readonly #alarms: Alarms;
  readonly #alive = new Set<number>();
  readonly #underWay = new Set<Promise<void>>();
  readonly #reports = new Map<number, JobReport>();
  /** A retry's report takes the place of the one before. */
  readonly #reportsByName = new Map<string, JobReport>();
  /** When each job's after_script must have ended. */
  readonly #cleanupDeadlines = new Map<number, number | null>();
  readonly #events: { readonly event: PipelineEvent; readonly answer: (refused: Refusal | null) => void }[] = [];
  readonly #over = Promise.withResolvers<void>();
  #state: PipelineState;

  constructor(options: DriverOptions) {
    this.#options = options;
    this.#alarms = new Alarms(options.clock);
    const { plan, firstJobId } = options;
    this.#state = createPipeline(plan.jobs, {
      stages: plan.stages,
      autoCancel: plan.autoCancel,
      firstJobId,
      policy: ALONE,
    });
  }

  /** Every job that ever was, retried ones included, in the order of their ids. */
  jobs(): readonly PipelineJob[] {
    return everyJob(this.#state);
  }

  /** Runs the pipeline until no job of it can go on by itself; a blocking manual job leaves it `manual`. */
  async run(): Promise<Status> {
    void this.#apply({ type: 'start' });
    await this.#over.promise;
    await Promise.all(this.#underWay);
    return this.#state.status;
  }

  cancel(by: string, cause: 'canceled' | 'runner_shutdown'): void {
    void this.#apply({ type: 'cancel', by, cause });
  }

  forceCancel(by: string): void {
    void this.#apply({ type: 'force_cancel', by });
  }

  #send(job: number, event: OutsideJobEvent): Promise<Refusal | null> {
    return this.#apply({ type: 'job', job, event });
  }

  /**
   * Resolves with what the lifecycle said: why it refused the event, or null. An event that comes up while another is being
   * carried out waits for its turn.
   */
  #apply(event: PipelineEvent): Promise<Refusal | null> {
    const answer = Promise.withResolvers<Refusal | null>();
    this.#events.push({ event, answer: answer.resolve });
    if (this.#events.length === 1) this.#workOff();
    return answer.promise;
  }

  #workOff(): void {
    for (let next = this.#events[0]; next !== undefined; next = this.#events[0]) {
      try {
        const { state, effects, refused } = applyPipeline(this.#state, next.event, this.#options.clock.now());
        this.#state = state;
        next.answer(refused);
        for (const effect of effects) this.#perform(effect);
      } finally {
        this.#events.shift();
      }
    }
    if (this.#alive.size === 0) this.#over.resolve();
  }

  #perform(effect: PipelineEffect): void {
    switch (effect.type) {
      case 'changed':
        this.#jobChanged(effect.job);
        break;
      case 'claimable':
        this.#options.queue.put(() => this.#track(this.#runJob(effect.job)));
        break;
      case 'stop':
        this.#controls.get(effect.job)?.interrupt({ cause: effect.cause, by: this.#requestedBy(effect.job) });
        break;
      case 'abort':
        this.#controls.get(effect.job)?.force(this.#forceOf(effect.job));
        break;
      case 'wake':
        this.#alarms.set(effect.job, effect.at, () => void this.#send(effect.job, { type: 'tick' }));
        break;
      case 'start_child':
        void this.#track(this.#runChild(effect.job));
        break;
      case 'cancel_child':
        this.#cancelChild(effect.job, effect.force);
        break;
      case 'finished':
        this.#jobFinished(effect.job);
        break;
      case 'retry_created':
      case 'pipeline_changed':
      case 'offer_cleanup': // Never, with this policy.
      case 'resource_wanted': // Resource groups are the pipeline's own here.
      case 'resource_released':
        break;
    }
  }

  async #runJob(id: number): Promise<void> {
    const job = this.#job(id);
    if (job.state.status !== 'pending') return; // Cancelled while it waited for a free place.
    const planned = this.#planned(job);
    const control = new JobControl();
    this.#controls.set(id, control);
    const report = await this.#options.work({
      id,
      job: planned,
      displayName: this.#name(job),
      control,
      retryCount: job.earlierRetries,
      reportOf: (name) => this.#reportsByName.get(name),
      claim: async (budgets) => {
        const runner = { cancelGracefully: true, phases: true, cleanupOnly: false };
        return answerOf(await this.#send(id, { type: 'claim', runner, leaseMs: null, budgets }));
      },
      askToStart: async () => {
        const { attempt } = this.#job(id).state;
        return answerOf(await this.#send(id, { type: 'script_started', attempt }));
      },
      onTeardown: (cause, deadline) => {
        const { attempt, phase } = this.#job(id).state;
        this.#cleanupDeadlines.set(id, deadline);
        if (phase === 'teardown') this.#emitChange(id);
        else void this.#send(id, { type: 'teardown_started', attempt, cause });
      },
    });
    this.#controls.delete(id);
    if (report !== null) {
      this.#reports.set(id, report);
      this.#reportsByName.set(planned.name, report);
    }
    if (report === null || isFinished(this.#job(id).state.status)) {
      this.#announce(id);
      return;
    }
    const { result } = report;
    const { attempt } = this.#job(id).state;
    void this.#send(id, {
      ...result,
      type: 'finished',
      attempt,
      result: result.status === 'success' ? 'success' : 'failed',
    });
  }

  async #runChild(id: number): Promise<void> {
    const job = this.#job(id);
    const child = await this.#options.child(this.#planned(job));
    if (child === null) {
      const reason = 'downstream_pipeline_creation_failed';
      void this.#send(id, { type: 'child_rejected', reason });
      return;
    }
    this.#children.set(id, child);
    void this.#send(id, { type: 'child_created' });
    const status = await child.run();
    void this.#send(id, { type: 'child_changed', status });
  }

  #cancelChild(id: number, force: boolean): void {
    const by = this.#requestedBy(id);
    if (force) this.#children.get(id)?.forceCancel(by);
    else this.#children.get(id)?.cancel(by, 'canceled');
  }

  #jobChanged(id: number): void {
    const job = this.#job(id);
    const { status } = job.state;
    if (ALIVE.has(status)) this.#alive.add(id);
    else this.#alive.delete(id);
    this.#emitChange(id);
    const waits = status === 'manual' || status === 'scheduled';
    if (waits && this.#options.manual.has(job.rules.name)) void this.#send(id, { type: 'play' });
  }

  #emitChange(id: number): void {
    const job = this.#job(id);
    const cleanupDeadline = this.#cleanupDeadlines.get(id) ?? null;
    this.#options.emit(changedEvent(job, { name: this.#name(job), at: this.#options.clock.now(), cleanupDeadline }));
  }

  #jobFinished(id: number): void {
    this.#alive.delete(id);
    this.#alarms.clear(id);
    // A job whose runner is still winding down is announced when that is over: only then is it known what was kept.
    if (!this.#controls.has(id)) this.#announce(id);
  }

  #announce(id: number): void {
    const job = this.#job(id);
    this.#options.emit(
      finishedEvent(job, { name: this.#name(job), at: this.#options.clock.now(), report: this.#reports.get(id) }),
    );
  }

  async #track(work: Promise<void>): Promise<void> {
    this.#underWay.add(work);
    try {
      await work;
    } catch (error) {
      this.#over.reject(error);
    } finally {
      this.#underWay.delete(work);
    }
  }

  #requestedBy(id: number): string {
    return this.#job(id).state.cancelRequest?.by ?? 'coordinator';
  }

  #forceOf(id: number): { by: string; why: string } {
    const { forceRequest } = this.#job(id).state;
    return forceRequest === null
      ? { by: this.#requestedBy(id), why: 'the job was cancelled before its script started' }
      : { by: forceRequest.by, why: 'force cancel' };
  }

  #job(id: number): PipelineJob {
    const job = findJob(this.#state, id);
    if (job === undefined) throw new Error(`bug: no job ${id} in this pipeline`);
    return job;
  }

  #planned(job: PipelineJob): PlannedJob {
    const planned = this.#options.plan.jobs[job.position];
    if (planned === undefined) throw new Error(`bug: job ${job.id} is not in the plan`);
    return planned;
  }

  #name(job: PipelineJob): string {
    return this.#options.namePrefix + job.rules.name;
  }
}

/** A refused runner has lost the job, whatever the reason: it must not go on. */
function answerOf(refused: Refusal | null): Answer {
  return refused === null ? 'accepted' : 'refused';
}
