import { type Clock, Failure } from '../../base/index.ts';
import type { Executor, JobPlace, StepSpec } from '../executor.ts';
import { createScriptedFiles, type ScriptedFiles } from './scripted-files.ts';
import { runningSteps, type ScriptedJob } from './scripted-job.ts';
import { createScriptedPlace } from './scripted-place.ts';
import { type Act, playStep } from './scripted-step.ts';

/** What a step does, or why it does not even start. */
export type Performance = readonly Act[] | { readonly refuse: string };

export interface ScriptedOptions {
  readonly clock: Clock;
  /** Asked once for each step that starts. */
  readonly perform: (step: StepSpec, job: JobPlace) => Performance;
  /** A text: `prepare` fails with it. */
  readonly refusePrepare?: (job: JobPlace) => string | null;
}

/**
 * A machine that plays. It outlives the executors made from it, as a real machine outlives the runner's process: a test
 * restarts a runner by taking another executor.
 */
export interface ScriptedMachine {
  executor(): Executor;
  /** Every step that started, in order. */
  readonly started: readonly { readonly job: JobPlace; readonly step: StepSpec; readonly at: number }[];
  /** Every signal that was sent, in order, those to jobs without processes included. */
  readonly signals: readonly { readonly job: JobPlace; readonly signal: 'TERM' | 'KILL'; readonly at: number }[];
  /** The job's project directory. Jobs are told apart by their `stepsDir`. */
  files(job: JobPlace): ScriptedFiles;
  /** The host restarts: whatever runs is gone and leaves no exit code. */
  lose(): void;
}

export function createScriptedMachine({ clock, perform, refusePrepare }: ScriptedOptions): ScriptedMachine {
  const jobs = new Map<string, ScriptedJob>();
  const started: { job: JobPlace; step: StepSpec; at: number }[] = [];
  const signals: { job: JobPlace; signal: 'TERM' | 'KILL'; at: number }[] = [];

  function find({ stepsDir, projectDir }: JobPlace): ScriptedJob {
    const known = jobs.get(stepsDir);
    if (known !== undefined) return known;
    const files = createScriptedFiles(projectDir, clock);
    const job: ScriptedJob = { files, steps: new Map(), listeners: new Set(), leftBehind: 0 };
    jobs.set(stepsDir, job);
    return job;
  }

  function start(place: JobPlace, step: StepSpec): void {
    const job = find(place);
    const known = job.steps.get(step.id);
    if (known !== undefined && known !== 'forbidden') return;
    const performance = known === 'forbidden' ? { refuse: 'it has been given up' } : perform(step, place);
    if ('refuse' in performance) {
      throw new Failure('step_not_started', `step ${step.id} was not started: ${performance.refuse}`);
    }
    started.push({ job: place, step, at: clock.now() });
    const onChange = (): void => {
      for (const listener of [...job.listeners]) listener();
    };
    const leaveProcess = (): void => {
      job.leftBehind++;
    };
    job.steps.set(step.id, playStep(performance, { clock, write: job.files.write, leaveProcess, onChange }));
  }

  function signal(place: JobPlace, kind: 'TERM' | 'KILL' | 'none'): number {
    const job = find(place);
    const running = runningSteps(job);
    const count = running.length + job.leftBehind;
    if (kind === 'none') return count;
    signals.push({ job: place, signal: kind, at: clock.now() });
    job.leftBehind = 0;
    for (const step of running) step.signal(kind);
    return count;
  }

  return {
    executor: () => ({
      name: 'scripted',
      async prepare(job) {
        const refusal = refusePrepare?.(job) ?? null;
        if (refusal !== null) throw new Failure('executor_unavailable', refusal);
        return createScriptedPlace(job, find(job), clock, { start, signal });
      },
    }),
    started,
    signals,
    files: (job) => find(job).files,
    lose() {
      for (const job of jobs.values()) {
        job.leftBehind = 0;
        for (const step of runningSteps(job)) step.vanish();
      }
    },
  };
}
