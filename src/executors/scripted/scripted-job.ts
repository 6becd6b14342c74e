import type { JobProcess, StepState } from '../executor.ts';
import type { ScriptedFiles } from './scripted-files.ts';
import type { ScriptedStep } from './scripted-step.ts';

/** One job on a scripted machine. */
export interface ScriptedJob {
  readonly files: ScriptedFiles;
  /** What its steps have left for the runner. */
  readonly notes: Map<string, string>;
  readonly steps: Map<string, ScriptedStep | 'forbidden'>;
  /** Called at every change. */
  readonly listeners: Set<() => void>;
  /** Processes that outlived the step that started them. */
  leftBehind: number;
  /** What is said of all that runs in its place; null: nothing, it runs. */
  leaving: StepState | null;
}

export function runningSteps(job: ScriptedJob): readonly ScriptedStep[] {
  const steps = [...job.steps.values()].filter((step) => step !== 'forbidden');
  return steps.filter((step) => step.isRunning());
}

/** As `Place.signal` tells them. */
export function processesOf(job: ScriptedJob): readonly JobProcess[] {
  const names = [...runningSteps(job).map(() => 'script'), ...Array<string>(job.leftBehind).fill('left-behind')];
  return names.map((name, index) => ({ pid: 100 + index, name }));
}
