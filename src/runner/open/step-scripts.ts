import { dirname } from 'node:path';
import type { Place } from '../../executors/index.ts';
import type { HookName, JobPayload, JobSettings, PayloadStep } from '../../protocol/index.ts';
import type { JobVariables } from '../script/job-variables.ts';
import { buildStepScript } from '../script/step-script.ts';
import type { FeatureFlags } from './feature-flags.ts';
import type { RunnerSettings } from './runner-settings.ts';

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
  /** What the runner's owner says. */
  readonly owner: RunnerSettings;
  readonly flags: FeatureFlags;
  readonly variables: JobVariables;
  readonly withMore: (more: CleanupVariables) => JobVariables;
}

export function stepScripts(facts: ScriptFacts): StepScripts {
  const { payload, place, settings, owner, flags, variables, withMore } = facts;
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
      hasSections: flags.FF_SCRIPT_SECTIONS && payload.features.trace_sections,
      checksEachLine: flags.FF_ENABLE_BASH_EXIT_CODE_CHECK,
    });
  const hook = (name: HookName, directory: string) => {
    const lines = payload.hooks.find((candidate) => candidate.name === name)?.script ?? [];
    // The owner's are the outer ones.
    const before = name === 'pre_get_sources_script' ? given(owner.preGetSourcesScript) : [];
    const after = name === 'post_get_sources_script' ? given(owner.postGetSourcesScript) : [];
    const all = [...before, ...lines, ...after];
    return all.length === 0 ? null : script(all, directory);
  };
  const built = (lines: readonly string[]) => [
    ...given(owner.preBuildScript),
    ...lines,
    ...given(owner.postBuildScript),
  ];
  const afterScript = payload.steps.find((step) => step.name === 'after_script')?.script ?? [];
  return {
    userSteps: payload.steps
      .filter((step) => step.name !== 'after_script' && step.script.length > 0)
      .map((step, index, all) => ({
        id: stepId(all, index),
        title: `Executing "step_${step.name}" stage of the job script`,
        // As GitLab's runner has it.
        script: script(
          built(step.name === 'release' ? step.script.map((line) => variables.expand(line)) : step.script),
          place.projectDir,
        ),
      })),
    // Beside the project directory, which the sources will fill from scratch.
    preGetSources: hook('pre_get_sources_script', dirname(place.projectDir)),
    postGetSources: hook('post_get_sources_script', place.projectDir),
    afterScript:
      afterScript.length === 0 ? null : (more) => script(afterScript, place.projectDir, withMore(more), true),
    ignoreCleanupErrors: settings.ignoreAfterScriptErrors,
  };
}

const LONGEST_NAME = 60;

/** A server may give steps any name, and one name twice. */
function stepId(steps: readonly PayloadStep[], index: number): string {
  const nameOf = (step: PayloadStep | undefined) => (step?.name ?? '').replace(/[^\w-]/g, '_').slice(0, LONGEST_NAME);
  const name = nameOf(steps[index]);
  const before = steps.slice(0, index).filter((step) => nameOf(step) === name).length;
  return before === 0 ? `step_${name}` : `step_${name}-${before + 1}`;
}

function given(script: string | null): readonly string[] {
  return script === null || script.trim() === '' ? [] : [script];
}
