import type { CancelRequest, PipelineEffect, Refusal } from '../../../lifecycle/index.ts';
import { isFinished } from '../../../protocol/index.ts';
import { Control } from '../../../runner/index.ts';
import type { DrivenPipeline } from '../driven-pipeline.ts';
import type { JobAnnouncer } from '../job-announcer.ts';
import type { Answer, JobReport, JobWork } from './job-work.ts';

/** What the runner inside this process can do. */
const RUNNER = { cancelGracefully: true, phases: true, cleanupOnly: false };

type EffectOf<T extends PipelineEffect['type']> = Extract<PipelineEffect, { type: T }>;

/** The jobs that are out at the runner inside this process: hands them out, passes on what stops them, reports their end. */
export class HandOuts {
  readonly #pipeline: DrivenPipeline;
  readonly #announcer: JobAnnouncer;
  readonly #work: (work: JobWork) => Promise<JobReport | null>;
  readonly #controls = new Map<number, Control>();
  /** A retry's report takes the place of the one before. */
  readonly #reports = new Map<string, JobReport>();

  constructor(pipeline: DrivenPipeline, announcer: JobAnnouncer, work: (work: JobWork) => Promise<JobReport | null>) {
    this.#pipeline = pipeline;
    this.#announcer = announcer;
    this.#work = work;
  }

  /** A runner has the job, or still winds it down. */
  isOut(number: number): boolean {
    return this.#controls.has(number);
  }

  /** Hands a job out and sees it to its end; one that was cancelled while it waited for a free place stays where it is. */
  async run(number: number): Promise<void> {
    if (this.#pipeline.job(number).state.status !== 'pending') return;
    const control = new Control();
    this.#controls.set(number, control);
    const report = await this.#work(this.#workOf(number, control)).finally(() => this.#controls.delete(number));
    if (report !== null) {
      this.#reports.set(this.#pipeline.planned(number).name, report);
      this.#announcer.noteReport(number, report);
    }
    const { status, attempt } = this.#pipeline.job(number).state;
    // Cancelled, or forced, while its runner had it: only now is it known what was kept.
    if (report === null || isFinished(status)) return this.#announcer.finished(number);
    const result = report.result.status === 'success' ? 'success' : 'failed';
    await this.#pipeline.send(number, { ...report.result, type: 'finished', attempt, result });
  }

  stop({ job, cause, by }: EffectOf<'stop'>): void {
    this.#controls.get(job)?.interrupt({ cause, isCancel: by !== null, by: by ?? 'coordinator' });
  }

  /** Somebody cancelled a job whose script is over: the teardown goes on as it is, and the job's log has to say how it ends. */
  noteCancel(number: number, { by, cause }: CancelRequest): void {
    this.#controls.get(number)?.interrupt({ cause, isCancel: true, by });
  }

  abort({ job, by, isForced }: EffectOf<'abort'>): void {
    const asked = isForced ? 'force cancel' : 'the job was cancelled before its script started';
    this.#controls.get(job)?.force({ by: by ?? 'coordinator', why: by === null ? 'its time is over' : asked });
  }

  #workOf(number: number, control: Control): JobWork {
    const pipeline = this.#pipeline;
    return {
      id: pipeline.id(number),
      job: pipeline.planned(number),
      displayName: pipeline.name(number),
      control,
      retryCount: pipeline.job(number).earlierRetries,
      reportOf: (name) => this.#reports.get(name),
      claim: async (budgets) =>
        answerOf(await pipeline.send(number, { type: 'claim', runner: RUNNER, leaseMs: null, budgets })),
      askToStart: async () => {
        const { attempt } = pipeline.job(number).state;
        return answerOf(await pipeline.send(number, { type: 'script_started', attempt }));
      },
      onTeardown: (cause, deadline) => {
        const { attempt, phase } = pipeline.job(number).state;
        this.#announcer.noteCleanupDeadline(number, deadline);
        if (phase === 'teardown') this.#announcer.changed(number);
        else void pipeline.send(number, { type: 'teardown_started', attempt, cause });
      },
      onExtended: ({ extraMs, deadline }) => {
        const { attempt } = pipeline.job(number).state;
        this.#announcer.noteCleanupDeadline(number, deadline);
        this.#announcer.changed(number);
        void pipeline.send(number, { type: 'extended', attempt, byMs: extraMs });
      },
    };
  }
}

/** A refused runner has lost the job, whatever the reason: it must not go on. */
function answerOf(refused: Refusal | null): Answer {
  return refused === null ? 'accepted' : 'refused';
}
