import { applyJob, createJob, type JobEvent, type JobResult, type JobState } from '../../job/index.ts';
import { NOBODY, SILENCE } from './network.ts';
import type { Variant, World } from './world.ts';

const NOW = 10;
/** Instants as far as the model tells them apart: due now, or set and still ahead. */
const AHEAD = 1_000_000_000;
const POLICY = { marginMs: 1, cleanupOfferMs: 1, maxExtensionMs: 1 };

export type Due = 'nothing' | 'lease' | 'deadline' | 'start';

interface Applied {
  readonly result: JobResult;
  readonly jobKey: number;
  readonly setDeadline: boolean;
}

/** The real transition function, with memory: few distinct jobs meet the same few events over and over. */
export class Coordinator {
  readonly jobs: JobState[] = [];
  private readonly keys = new Map<string, number>();
  /** By job, then by event. */
  private readonly results: Map<string, Applied>[] = [];
  /** Ids of the rows that ever decided. */
  readonly moves = new Set<string>();
  private readonly variant: Variant;

  constructor(variant: Variant) {
    this.variant = variant;
  }

  start(): World {
    const job = createJob({
      kind: 'script',
      interruptible: this.variant.interruptible,
      hasResourceGroup: false,
      hasCleanup: true,
      startInMs: null,
      strategy: 'none',
      policy: { ...POLICY, maxCleanupHandOuts: this.variant.cleanupHandOuts },
    });
    return {
      job,
      jobKey: this.keyOf(job),
      runners: NOBODY,
      toCoordinator: SILENCE,
      toRunners: SILENCE,
      truth: { granted: 0, live: 0, ran: false, cleaned: false, canceledBeforeItRan: false },
    };
  }

  /** Jobs that differ only in when something is set for are one job. */
  keyOf(job: JobState): number {
    const { spec: _, ...rest } = job;
    const text = JSON.stringify(rest);
    const known = this.keys.get(text);
    if (known !== undefined) return known;
    this.keys.set(text, this.jobs.length);
    this.jobs.push(job);
    return this.jobs.length - 1;
  }

  apply(world: Pick<World, 'job' | 'jobKey'>, event: JobEvent, eventKey: string, due: Due = 'nothing'): Applied {
    this.results[world.jobKey] ??= new Map();
    const results = this.results[world.jobKey] as Map<string, Applied>;
    const known = results.get(eventKey);
    if (known !== undefined) return known;
    const result = applyJob(concrete(world.job, due), event, NOW, this.variant.table);
    if (result.move !== null) this.moves.add(result.move);
    const job = result.kind === 'moved' ? abstract(result.job) : world.job;
    const { deadline } = result.job;
    const setDeadline = result.kind === 'moved' && deadline !== null && deadline !== AHEAD && deadline !== NOW;
    const fresh = { result: { ...result, job }, jobKey: this.keyOf(job), setDeadline };
    results.set(eventKey, fresh);
    return fresh;
  }
}

function concrete(job: JobState, due: Due): JobState {
  const at = (which: Due, instant: number | null) => (instant === null ? null : due === which ? NOW : AHEAD);
  return {
    ...job,
    startAt: at('start', job.startAt),
    leaseUntil: at('lease', job.leaseUntil),
    deadline: at('deadline', job.deadline),
  };
}

function abstract(job: JobState): JobState {
  const set = (instant: number | null) => (instant === null ? null : AHEAD);
  return { ...job, startAt: set(job.startAt), leaseUntil: set(job.leaseUntil), deadline: set(job.deadline) };
}
