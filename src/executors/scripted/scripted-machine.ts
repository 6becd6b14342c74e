import { type Clock, Failure } from '../../base/index.ts';
import { type HostPrograms, hostEnvironment, hostPrograms } from '../containers/host-programs.ts';
import type { Executor, JobProcess, JobSpec, StepSpec, StepState } from '../executor.ts';
import type { ProcessTable } from '../processes/table/process-table.ts';
import { STEP_FORBIDDEN } from '../steps/step-directory.ts';
import { createScriptedFiles, type ScriptedFiles } from './scripted-files.ts';
import { processesOf, runningSteps, type ScriptedJob } from './scripted-job.ts';
import { createScriptedPlace } from './scripted-place.ts';
import { type Act, playStep, type ScriptedWorld } from './scripted-step.ts';

/** What a step does, why it does not even start, or what it does although `start` fails: nobody was told in time that it has begun. */
export type Performance = readonly Act[] | { readonly refuse: string } | { readonly late: readonly Act[] };

export interface ScriptedOptions {
  readonly clock: Clock;
  /** Asked once for each step that starts. */
  readonly perform: (step: StepSpec, job: JobSpec) => Performance;
  /** Answers why `prepare` fails, or null; takes as long as it likes, until the signal aborts. */
  readonly refusePrepare?: (job: JobSpec, signal: AbortSignal) => string | null | Promise<string | null>;
  /** In which programs of this machine are found that work for a job. Left out: none is looked for. */
  readonly table?: ProcessTable;
}

/** What becomes of a step that nobody ended. */
export type LostState = Extract<StepState, { readonly kind: 'vanished' | 'lost' | 'evicted' }>;

/**
 * A machine that plays. It outlives the executors made from it, as a real machine outlives the runner's process: a test
 * restarts a runner by taking another executor.
 */
export interface ScriptedMachine {
  executor(): Executor;
  /** Every step that started, in order. */
  readonly started: readonly { readonly job: JobSpec; readonly step: StepSpec; readonly at: number }[];
  /** Every signal that was sent, in order, those to jobs without processes included. */
  readonly signals: readonly { readonly job: JobSpec; readonly signal: 'TERM' | 'KILL'; readonly at: number }[];
  /** The job's project directory. Jobs are told apart by their `stepsDir`. */
  files(job: JobSpec): ScriptedFiles;
  /** Whatever runs is gone and leaves no exit code. By default as when the host restarts. `evicted` from a place that is not gone: it runs on. */
  lose(end?: LostState): void;
  /** From now on its places do not answer, or do again: nothing starts meanwhile. */
  setAway(isAway: boolean): void;
}

export function createScriptedMachine({ clock, perform, refusePrepare, table }: ScriptedOptions): ScriptedMachine {
  const jobs = new Map<string, ScriptedJob>();
  const started: { job: JobSpec; step: StepSpec; at: number }[] = [];
  const signals: { job: JobSpec; signal: 'TERM' | 'KILL'; at: number }[] = [];
  let back: PromiseWithResolvers<void> | null = null;

  function find(job: JobSpec): ScriptedJob {
    const known = jobs.get(job.stepsDir) ?? newJob(job, clock);
    jobs.set(job.stepsDir, known);
    return known;
  }

  function start(place: JobSpec, step: StepSpec): void {
    const job = find(place);
    const known = job.steps.get(step.id);
    if (known !== undefined && known !== 'forbidden') return;
    if (known === 'forbidden') throw refusal(STEP_FORBIDDEN, step, 'it has been given up');
    const performance = perform(step, place);
    if ('refuse' in performance) throw refusal('step_not_started', step, performance.refuse);
    started.push({ job: place, step, at: clock.now() });
    const isLate = 'late' in performance;
    job.steps.set(step.id, playStep(isLate ? performance.late : performance, worldOf(job, clock)));
    if (isLate) throw refusal('step_not_started', step, 'nobody answers');
  }

  function signalAll(place: JobSpec, kind: 'TERM' | 'KILL' | 'none'): readonly JobProcess[] {
    const job = find(place);
    const found = processesOf(job);
    if (kind === 'none') return found;
    signals.push({ job: place, signal: kind, at: clock.now() });
    job.leftBehind = 0;
    for (const step of job.steps.values()) if (step !== 'forbidden') step.signal(kind);
    return found;
  }

  return {
    executor: () => ({
      name: 'scripted',
      async prepare(job, signal) {
        const refusal = (await refusePrepare?.(job, signal)) ?? null;
        if (signal.aborted) throw new Failure('canceled', 'preparing the job was canceled');
        if (refusal !== null) throw new Failure('executor_unavailable', refusal);
        const host = table === undefined ? hostOf(job) : hostPrograms(job, table, clock);
        const away = () => back?.promise ?? null;
        return createScriptedPlace(job, find(job), clock, { start, signal: signalAll, away, host });
      },
    }),
    started,
    signals,
    files: (job) => find(job).files,
    lose(end = { kind: 'vanished' }) {
      for (const job of jobs.values()) loseJob(job, end);
    },
    setAway(isAway) {
      back?.resolve();
      back = isAway ? Promise.withResolvers() : null;
    },
  };
}

function newJob({ projectDir }: JobSpec, clock: Clock): ScriptedJob {
  const empty = { notes: new Map(), steps: new Map(), listeners: new Set<() => void>() };
  return { files: createScriptedFiles(projectDir, clock), ...empty, leftBehind: 0, leaving: null };
}

function loseJob(job: ScriptedJob, end: LostState): void {
  if (end.kind === 'evicted' && !end.isGone) {
    job.leaving = end;
    for (const listener of [...job.listeners]) listener();
    return;
  }
  job.leaving = null;
  job.leftBehind = 0;
  for (const step of runningSteps(job)) step.lose(end);
}

/** As `hostPrograms`, where nobody looks for them. */
function hostOf(job: JobSpec): HostPrograms {
  return { environment: hostEnvironment(job), signal: async () => [] };
}

/** What a step of the job acts on. */
function worldOf(job: ScriptedJob, clock: Clock): ScriptedWorld {
  return {
    clock,
    write: job.files.write,
    leaveNote: (name, text) => void job.notes.set(name, text),
    leaveProcess() {
      job.leftBehind++;
    },
    onChange() {
      for (const listener of [...job.listeners]) listener();
    },
  };
}

function refusal(code: string, { id }: StepSpec, reason: string): Failure {
  return new Failure(code, `step ${id} was not started: ${reason}`);
}
