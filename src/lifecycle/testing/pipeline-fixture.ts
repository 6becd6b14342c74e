import { DEFAULT_BUDGETS, type FailureReason, type Status } from '../../protocol/index.ts';
import { applyPipeline } from '../pipeline/apply-pipeline.ts';
import { createPipeline } from '../pipeline/create-pipeline.ts';
import type { OutsideJobEvent, PipelineEffect, PipelineEvent } from '../pipeline/pipeline-event.ts';
import type { PipelineJob, PipelineOptions, PipelineState, SchedulableJob } from '../pipeline/state/pipeline-state.ts';
import { currentJobs } from '../pipeline/state/read-pipeline.ts';

const RUNNER = { cancelGracefully: true, phases: true, cleanupOnly: true };

/** A job as the tests need it; a need is just a name. */
export function job(
  name: string,
  stageIndex: number,
  rest: Partial<Omit<SchedulableJob, 'needs'>> & { readonly needs?: readonly string[] } = {},
): SchedulableJob {
  const { needs, ...others } = rest;
  return {
    name,
    stageIndex,
    when: 'on_success',
    startInMs: null,
    allowFailure: false,
    interruptible: false,
    retry: { max: 0, when: [], exitCodes: [] },
    resourceGroup: null,
    isTrigger: false,
    ...others,
    needs: needs === undefined ? null : needs.map((need) => ({ job: need, artifacts: true })),
  };
}

/** A pipeline under test: feeds events, keeps the effects, and speaks of jobs by name. */
export class PipelineRun {
  state: PipelineState;
  readonly effects: PipelineEffect[] = [];
  now = 1_000;

  constructor(jobs: readonly SchedulableJob[], options: Partial<PipelineOptions> = {}) {
    const last = Math.max(0, ...jobs.map(({ stageIndex }) => stageIndex));
    const stages = Array.from({ length: last + 1 }, (_, index) => `stage ${index}`);
    this.state = createPipeline(jobs, { stages, ...options });
    this.feed({ type: 'start' });
  }

  feed(event: PipelineEvent): void {
    const { state, effects, refused } = applyPipeline(this.state, event, this.now);
    if (refused !== null) throw new Error(`${JSON.stringify(event)} was refused: ${refused}`);
    this.state = state;
    this.effects.push(...effects);
  }

  jobOf(name: string): PipelineJob {
    const found = currentJobs(this.state).find(({ rules }) => rules.name === name);
    if (found === undefined) throw new Error(`no job ${name}`);
    return found;
  }

  send(name: string, event: OutsideJobEvent): void {
    this.feed({ type: 'job', job: this.jobOf(name).number, event });
  }

  /** A runner takes the job and starts its script. */
  begin(...names: readonly string[]): void {
    for (const name of names) {
      this.send(name, { type: 'claim', runner: RUNNER, leaseMs: null, budgets: DEFAULT_BUDGETS });
      this.send(name, { type: 'script_started', attempt: 1 });
    }
  }

  end(name: string, failure?: { readonly reason?: FailureReason; readonly exitCode?: number }): void {
    this.send(name, {
      type: 'finished',
      attempt: 1,
      result: failure === undefined ? 'success' : 'failed',
      cause: failure === undefined ? 'succeeded' : 'failed',
      failureReason: failure === undefined ? null : (failure.reason ?? 'script_failure'),
      exitCode: failure?.exitCode ?? null,
      cleanup: { outcome: 'succeeded', attempt: 1 },
    });
  }

  pass(...names: readonly string[]): void {
    for (const name of names) {
      this.begin(name);
      this.end(name);
    }
  }

  fail(name: string, failure: { readonly reason?: FailureReason; readonly exitCode?: number } = {}): void {
    this.begin(name);
    this.end(name, failure);
  }

  /** `name: status` of every current job. */
  get statuses(): Readonly<Record<string, Status>> {
    return Object.fromEntries(currentJobs(this.state).map(({ rules, state }) => [rules.name, state.status]));
  }
}
