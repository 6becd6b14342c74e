import type { ScriptedFiles } from './scripted-files.ts';
import type { ScriptedStep } from './scripted-step.ts';

/** One job on a scripted machine. */
export interface ScriptedJob {
  readonly files: ScriptedFiles;
  readonly steps: Map<string, ScriptedStep | 'forbidden'>;
  readonly listeners: Set<() => void>;
  leftBehind: number;
}

export function runningSteps(job: ScriptedJob): readonly ScriptedStep[] {
  const steps = [...job.steps.values()].filter((step) => step !== 'forbidden');
  return steps.filter((step) => step.look().kind === 'running');
}
