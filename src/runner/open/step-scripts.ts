import { dirname } from 'node:path';
import type { Place } from '../../executors/index.ts';
import type { HookName, JobPayload, JobSettings } from '../../protocol/index.ts';
import type { JobVariables } from '../script/job-variables.ts';
import { buildStepScript } from '../script/step-script.ts';

/** The texts of the steps; they need the job's variables, which nothing else here does. */
export interface StepScripts {
  readonly userSteps: readonly { readonly id: string; readonly title: string; readonly script: string }[];
  readonly preGetSources: string | null;
  readonly postGetSources: string | null;
  /** null: the job has no after_script, nothing can be owed. */
  readonly afterScript: ((cleanup: CleanupVariables) => string) | null;
  /** `AFTER_SCRIPT_IGNORE_ERRORS` */
  readonly ignoreCleanupErrors: boolean;
}

/** What after_script is told about the end of the script. */
export type CleanupVariables = Readonly<Record<string, string>>;

interface ScriptFacts {
  readonly payload: JobPayload;
  readonly place: Place;
  readonly settings: JobSettings;
  readonly variables: JobVariables;
  readonly withMore: (more: CleanupVariables) => JobVariables;
}

export function stepScripts({ payload, place, settings, variables, withMore }: ScriptFacts): StepScripts {
  const script = (lines: readonly string[], directory: string, known = variables, isCleanup = false) =>
    buildStepScript({
      isCleanup,
      shell: place.shell,
      exports: known.exports,
      files: known.files,
      temporaryDir: place.temporaryDir,
      directory,
      lines,
      debugTrace: settings.debugTrace,
    });
  const hook = (name: HookName, directory: string) => {
    const lines = payload.hooks.find((candidate) => candidate.name === name)?.script ?? [];
    return lines.length === 0 ? null : script(lines, directory);
  };
  const afterScript = payload.steps.find((step) => step.name === 'after_script')?.script ?? [];
  return {
    userSteps: payload.steps
      .filter((step) => step.name !== 'after_script' && step.script.length > 0)
      .map((step) => ({
        id: `step_${step.name}`,
        title: `Executing "step_${step.name}" stage of the job script`,
        script: script(step.script, place.projectDir),
      })),
    // Beside the project directory, which the sources will fill from scratch.
    preGetSources: hook('pre_get_sources_script', dirname(place.projectDir)),
    postGetSources: hook('post_get_sources_script', place.projectDir),
    afterScript:
      afterScript.length === 0 ? null : (more) => script(afterScript, place.projectDir, withMore(more), true),
    ignoreCleanupErrors: settings.ignoreAfterScriptErrors,
  };
}
