import type { PipelineEffect } from '../../lifecycle/index.ts';
import type { PlannedJob, Status } from '../../protocol/index.ts';
import type { DrivenPipeline } from './driven-pipeline.ts';

/** A child pipeline, as the one that started it sees it. */
export interface ChildPipeline {
  run(): Promise<Status>;
  cancel(by: string, cause: 'canceled' | 'superseded' | 'runner_shutdown'): void;
  forceCancel(by: string): void;
}

/** The child pipelines of trigger jobs, by the number of the job. */
export class ChildPipelines {
  readonly #pipeline: DrivenPipeline;
  readonly #make: (job: PlannedJob) => Promise<ChildPipeline | null>;
  readonly #children = new Map<number, ChildPipeline>();

  constructor(pipeline: DrivenPipeline, make: (job: PlannedJob) => Promise<ChildPipeline | null>) {
    this.#pipeline = pipeline;
    this.#make = make;
  }

  /** Starts the child of a trigger job and sees it to its end. */
  async run(number: number): Promise<void> {
    const child = await this.#make(this.#pipeline.planned(number));
    if (child === null) {
      const reason = 'downstream_pipeline_creation_failed';
      await this.#pipeline.send(number, { type: 'child_rejected', reason });
      return;
    }
    this.#children.set(number, child);
    void this.#pipeline.send(number, { type: 'child_created' });
    const status = await child.run();
    await this.#pipeline.send(number, { type: 'child_changed', status });
  }

  cancel({ job, by, cause, isForced }: Extract<PipelineEffect, { type: 'cancel_child' }>): void {
    const child = this.#children.get(job);
    if (isForced) child?.forceCancel(by ?? 'coordinator');
    else child?.cancel(by ?? 'coordinator', cause);
  }
}
