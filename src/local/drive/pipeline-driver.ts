import type { Clock } from '../../base/index.ts';
import {
  type CancelCause,
  createPipeline,
  DEFAULT_POLICY,
  everyJob,
  findJob,
  type OutsideJobEvent,
  type PipelineEffect,
  type PipelineJob,
  type Refusal,
} from '../../lifecycle/index.ts';
import { isFinished, type Plan, type PlannedJob, type Status } from '../../protocol/index.ts';
import type { ResourceGroups } from '../resources/resource-groups.ts';
import type { RunEvent } from '../run-event.ts';
import { Alarms } from './alarms.ts';
import { type ChildPipeline, ChildPipelines } from './child-pipelines.ts';
import type { DrivenPipeline } from './driven-pipeline.ts';
import { EventQueue } from './event-queue.ts';
import { JobAnnouncer } from './job-announcer.ts';
import { HandOuts } from './jobs/hand-outs.ts';
import type { JobReport, JobWork } from './jobs/job-work.ts';
import { pipelineClock } from './pipeline-clock.ts';
import type { ReadyQueue } from './ready-queue.ts';

export interface DriverOptions {
  readonly plan: Plan;
  /** First of as many ids as `idsNeeded(plan)`. */
  readonly firstJobId: number;
  /** Put before job names in events: the path of trigger jobs that leads to this pipeline. */
  readonly namePrefix: string;
  readonly clock: Clock;
  readonly queue: ReadyQueue;
  readonly resources: ResourceGroups;
  readonly emit: (event: RunEvent) => void;
  /** Null: the job was taken back before it began. */
  readonly work: (work: JobWork) => Promise<JobReport | null>;
  /** Manual and delayed jobs to start by name as soon as they wait. */
  readonly manual: ReadonlySet<string>;
  /** A driver for the child pipeline of a trigger job; null (after having said why) when it cannot be made. */
  readonly child: (job: PlannedJob) => Promise<ChildPipeline | null>;
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
 * Drives one pipeline inside this process: feeds the lifecycle with what happens and has done what it says. Holds no rule of its own.
 * A life: `run` once; `cancel` and `forceCancel` at any time.
 */
export class PipelineDriver implements ChildPipeline {
  readonly #options: DriverOptions;
  readonly #events: EventQueue;
  readonly #handOuts: HandOuts;
  readonly #children: ChildPipelines;
  readonly #announcer: JobAnnouncer;
  readonly #alarms: Alarms;
  readonly #alive = new Set<number>();
  /** Resource groups of jobs that have finished and that a runner still winds down, by number. */
  readonly #heldBack = new Map<number, string>();
  readonly #underWay = new Set<Promise<void>>();
  readonly #bugs: unknown[] = [];
  readonly #over = Promise.withResolvers<void>();

  constructor(options: DriverOptions) {
    this.#options = options;
    const { plan, emit, work, child } = options;
    const clock = pipelineClock(options.clock);
    this.#events = new EventQueue({
      state: createPipeline(plan.jobs, { stages: plan.stages, autoCancel: plan.autoCancel, policy: ALONE }),
      clock,
      perform: (effect) => this.#perform(effect),
      onBug: (error) => void this.#bugs.push(error),
      onIdle: () => {
        if (this.#alive.size === 0) this.#over.resolve();
      },
    });
    const pipeline: DrivenPipeline = {
      job: (number) => this.#job(number),
      planned: (number) => this.#planned(number),
      id: (number) => this.#id(number),
      name: (number) => options.namePrefix + this.#job(number).rules.name,
      send: (job, event) => this.#send(job, event),
    };
    this.#announcer = new JobAnnouncer(pipeline, options.clock, emit);
    this.#handOuts = new HandOuts(pipeline, this.#announcer, work);
    this.#children = new ChildPipelines(pipeline, child);
    this.#alarms = new Alarms(clock);
  }

  /** Every job that ever was, retried ones included, in the order of their ids. */
  jobs(): readonly (PipelineJob & { readonly id: number })[] {
    return everyJob(this.#events.state).map((job) => ({ ...job, id: this.#id(job.number) }));
  }

  /**
   * Runs the pipeline until no job of it can go on by itself; a blocking manual job leaves it `manual`. A bug that strikes one job
   * leaves the others alone.
   * @throws the first bug, once every job has ended.
   */
  async run(): Promise<Status> {
    void this.#events.send({ type: 'start' });
    await this.#over.promise;
    await Promise.all(this.#underWay);
    if (this.#bugs.length > 0) throw this.#bugs[0];
    return this.#events.state.status;
  }

  cancel(by: string, cause: CancelCause): void {
    void this.#events.send({ type: 'cancel', by, cause });
  }

  forceCancel(by: string): void {
    void this.#events.send({ type: 'force_cancel', by });
  }

  #send(job: number, event: OutsideJobEvent): Promise<Refusal | null> {
    return this.#events.send({ type: 'job', job, event });
  }

  #perform(effect: PipelineEffect): void {
    switch (effect.type) {
      case 'changed':
        this.#jobChanged(effect.job);
        break;
      case 'claimable':
        this.#options.queue.put(() => this.#track(effect.job, this.#handOut(effect.job)));
        break;
      case 'stop':
        this.#handOuts.stop(effect);
        break;
      case 'abort':
        this.#handOuts.abort(effect);
        break;
      case 'wake':
        this.#alarms.set(effect.job, effect.at, () => {
          void this.#send(effect.job, { type: 'tick' });
        });
        break;
      case 'start_child':
        void this.#track(effect.job, this.#children.run(effect.job));
        break;
      case 'cancel_child':
        this.#children.cancel(effect);
        break;
      case 'finished':
        this.#jobFinished(effect.job);
        break;
      case 'resource_wanted':
        this.#wantResource(effect.job, effect.key);
        break;
      case 'resource_released':
        this.#giveBack(effect.job, effect.key);
        break;
      case 'retry_created':
      case 'pipeline_changed':
      case 'offer_cleanup': // Never, with this policy.
        break;
    }
  }

  async #handOut(number: number): Promise<void> {
    try {
      await this.#handOuts.run(number);
    } finally {
      const key = this.#heldBack.get(number);
      if (key !== undefined) this.#giveBack(number, key);
    }
  }

  /** Not while its runner still ends its processes, after a force say: until then they may use what the group protects. */
  #giveBack(number: number, key: string): void {
    if (this.#handOuts.isOut(number)) this.#heldBack.set(number, key);
    else this.#options.resources.giveBack(this.#id(number), key);
  }

  #wantResource(number: number, key: string): void {
    const grant = () => void this.#send(number, { type: 'resource_granted' });
    const { namePrefix, resources } = this.#options;
    resources.want({ job: this.#id(number), name: namePrefix + this.#job(number).rules.name, key, grant });
  }

  #jobChanged(number: number): void {
    const { state, rules } = this.#job(number);
    if (ALIVE.has(state.status)) this.#alive.add(number);
    else this.#alive.delete(number);
    if (state.phase === 'teardown' && state.cancelRequest !== null)
      this.#handOuts.noteCancel(number, state.cancelRequest);
    this.#announcer.changed(number);
    const waits = state.status === 'manual' || state.status === 'scheduled';
    if (waits && this.#options.manual.has(rules.name)) {
      void this.#send(number, { type: 'play' });
    }
  }

  #jobFinished(number: number): void {
    this.#alive.delete(number);
    this.#alarms.clear(number);
    // A job whose runner is still winding down is announced when that is over: only then is it known what was kept.
    if (!this.#handOuts.isOut(number)) this.#announcer.finished(number);
  }

  /** An exception is a bug. It costs this job, and in the end the run, but no other job. */
  async #track(number: number, work: Promise<void>): Promise<void> {
    this.#underWay.add(work);
    try {
      await work;
    } catch (error) {
      this.#bugs.push(error);
      const { status, handOut, attempt } = this.#job(number).state;
      if (isFinished(status)) return this.#announcer.finished(number);
      const event =
        handOut === 'none'
          ? ({ type: 'drop', reason: 'runner_system_failure' } as const)
          : ({ type: 'runner_lost', attempt } as const);
      await this.#send(number, event);
    } finally {
      this.#underWay.delete(work);
    }
  }

  #id(number: number): number {
    return this.#options.firstJobId + number;
  }

  #job(number: number): PipelineJob {
    const job = findJob(this.#events.state, number);
    if (job === undefined) throw new Error(`bug: no job ${number} in this pipeline`);
    return job;
  }

  #planned(number: number): PlannedJob {
    const planned = this.#options.plan.jobs[this.#job(number).position];
    if (planned === undefined) throw new Error(`bug: job ${number} is not in the plan`);
    return planned;
  }
}
