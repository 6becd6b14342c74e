import type { OutsideJobEvent, PipelineJob, Refusal } from '../../lifecycle/index.ts';
import type { PlannedJob } from '../../protocol/index.ts';

/** The pipeline as the parts of its driver see it. Jobs go by their number; ids are for the world outside. */
export interface DrivenPipeline {
  /** The job as it stands. */
  job(number: number): PipelineJob;
  planned(number: number): PlannedJob;
  id(number: number): number;
  /** Name for people: with the path of trigger jobs in front, in a child pipeline. */
  name(number: number): string;
  /** Tells the lifecycle what happened to a job; resolves with why it refused that, or null. */
  send(number: number, event: OutsideJobEvent): Promise<Refusal | null>;
}
