import type { Export, VariableFile } from './job-variables.ts';

export interface StepScriptOptions {
  readonly shell: 'bash' | 'sh';
  readonly exports: readonly Export[];
  readonly files: readonly VariableFile[];
  /** `<project dir>.tmp`: holds the variable files and `GITLAB_ENV`. Made by the script when it is not there. */
  readonly temporaryDir: string;
  /** Where the lines run; null: where the shell starts. */
  readonly directory: string | null;
  /** Elements of `script:`; each may have several lines. */
  readonly lines: readonly string[];
  /** `set -x` (`CI_DEBUG_TRACE`). */
  readonly debugTrace: boolean;
}

/**
 * The whole shell script of one step: exports, file variables, `cd`, then each line echoed and run, all in one shell, stopping
 * at the first failure with its exit code.
 */
export declare function buildStepScript(options: StepScriptOptions): string;
