import { COOKIE_VARIABLE, NESTED_RUNS_VARIABLE, RUN_VARIABLE } from '../../executors/index.ts';
import { DEFAULT_BUDGETS, expandFinally, finalValues, type JobPayload, type Variable } from '../../protocol/index.ts';

/** What only the runner knows about a job's surroundings. */
export interface Surroundings {
  readonly projectDir: string;
  readonly buildsDir: string;
  /** The job has its machine or container for itself. */
  readonly disposable: boolean;
  readonly runnerVersion: string;
  readonly runnerRevision: string;
  /** Such as `linux/amd64`. */
  readonly architecture: string;
  readonly concurrentId: number;
  readonly concurrentProjectId: number;
  readonly shortToken: string;
  /** What the runner's owner adds, before what the payload says. */
  readonly environment: readonly Export[];
  /** By name; as variables they go before all others. */
  readonly flags: Readonly<Record<string, boolean>>;
}

export interface Export {
  readonly key: string;
  readonly value: string;
}

/** A file that a variable stands for: what the step writes (0600) before its first command. */
export interface VariableFile {
  readonly path: string;
  readonly content: string;
}

export interface JobVariables {
  /** Expanded, in order of first appearance, one per key. File variables hold their path. */
  readonly exports: readonly Export[];
  readonly files: readonly VariableFile[];
  /** What the log must not show: masked values as sent and as expanded, contents of masked files. */
  readonly maskedValues: readonly string[];
  /** For the job's log: what was left out, and why. */
  readonly warnings: readonly string[];
  /** Expanded value; of a file variable its path. */
  get(key: string): string | undefined;
  /** Replaces `$X` and `${X}` once; `$$` is `$`, an unknown name nothing. For artifact names, paths, cache keys. */
  expand(text: string): string;
}

/**
 * The variables of a step. Later duplicates win: runner's first ones (`CI_PROJECT_DIR`, …), the payload's, the runner's facts
 * (`CI_RUNNER_VERSION`, …), at last `overrides` (`CI_JOB_STATUS` and the cleanup variables), taken as they are.
 * Source of the order: GitLab's runner.
 */
export function jobVariables(
  payload: JobPayload,
  surroundings: Surroundings,
  overrides: Readonly<Record<string, string>> = {},
): JobVariables {
  const warnings: string[] = [];
  const all = [
    ...defaults(payload, surroundings),
    ...payload.variables,
    ...facts(surroundings),
    ...Object.entries(overrides).map(([key, value]) => plain(key, value)),
  ];
  const known = new Map<string, Variable>();
  for (const variable of all) {
    const refusal = refusalOf(variable.key);
    if (refusal === null) known.set(variable.key, withoutNul(variable, warnings));
    else warnings.push(`variable ${JSON.stringify(variable.key)} is left out: ${refusal}`);
  }

  const path = (key: string) => `${temporaryDir(surroundings)}/${key}`;
  const { values, finalValue, tooLong } = finalValues([...known.values()], path);
  for (const key of tooLong)
    warnings.push(`variable ${key} is left as it is: with what it refers to it would be too long`);
  const get = (key: string): string | undefined => values.get(key);
  return {
    exports: [...values].map(([key, value]) => ({ key, value })),
    files: [...known.values()]
      .filter((variable) => variable.file)
      .map((variable) => ({ path: path(variable.key), content: variable.value })),
    maskedValues: [...new Set([...tokensOf(payload), ...maskedValues(payload.variables, finalValue)])],
    warnings: [...new Set(warnings)],
    get,
    expand: (text) => expandFinally(text, get),
  };
}

/** Holds the files of file variables and `GITLAB_ENV`; beside the project directory, so that no archive picks it up. */
function temporaryDir(surroundings: Surroundings): string {
  return `${surroundings.projectDir}.tmp`;
}

function defaults(payload: JobPayload, surroundings: Surroundings): Variable[] {
  const { timeout } = payload.runner_info;
  return [
    ...Object.entries(surroundings.flags).map(([key, value]) => plain(key, String(value))),
    ...(payload.image === null ? [] : [{ ...plain('CI_JOB_IMAGE', payload.image.name), raw: false }]),
    plain('CI_RUNNER_SHORT_TOKEN', surroundings.shortToken),
    ...surroundings.environment.map(({ key, value }) => ({ ...plain(key, value), raw: false })),
    plain('CI_BUILDS_DIR', surroundings.buildsDir),
    plain('CI_PROJECT_DIR', surroundings.projectDir),
    plain('CI_CONCURRENT_ID', String(surroundings.concurrentId)),
    plain('CI_CONCURRENT_PROJECT_ID', String(surroundings.concurrentProjectId)),
    plain('CI_SERVER', 'yes'),
    plain('CI_JOB_STATUS', 'running'),
    plain('CI_JOB_TIMEOUT', String(timeout > 0 ? timeout : DEFAULT_BUDGETS.jobMs / 1000)),
  ];
}

function facts(surroundings: Surroundings): Variable[] {
  return [
    plain(surroundings.disposable ? 'CI_DISPOSABLE_ENVIRONMENT' : 'CI_SHARED_ENVIRONMENT', 'true'),
    plain('CI_RUNNER_VERSION', surroundings.runnerVersion),
    plain('CI_RUNNER_REVISION', surroundings.runnerRevision),
    plain('CI_RUNNER_EXECUTABLE_ARCH', surroundings.architecture),
    plain('RUNNER_TEMP_PROJECT_DIR', temporaryDir(surroundings)),
  ];
}

function plain(key: string, value: string): Variable {
  return { key, value, public: true, masked: false, file: false, raw: true };
}

/** Bash refuses to assign to these, which would end every step before its first command. */
const READ_ONLY = ['BASHOPTS', 'BASH_VERSINFO', 'EUID', 'PPID', 'SHELLOPTS', 'UID'];

/** By these a job's processes, and the runs inside of it, are found. */
const OURS: readonly string[] = [COOKIE_VARIABLE, NESTED_RUNS_VARIABLE, RUN_VARIABLE];

/** No variable of a job may have these names. */
export const RESERVED_NAMES: readonly string[] = [...OURS, ...READ_ONLY];

function refusalOf(key: string): string | null {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(key)) return 'a shell has no variables of that name';
  if (READ_ONLY.includes(key)) return 'the shell sets it itself';
  return OURS.includes(key) ? 'the runner sets it itself' : null;
}

/** No process can be given a NUL byte in a variable. */
function withoutNul(variable: Variable, warnings: string[]): Variable {
  if (!variable.value.includes('\0')) return variable;
  warnings.push(`variable ${variable.key} has NUL bytes; they are left out`);
  return { ...variable, value: variable.value.replaceAll('\0', '') };
}

/** Shorter ones are no tokens, and a log would be full of them. */
const LEAST_TOKEN = 8;

/** Also where no variable that has one of them is called masked. */
function tokensOf({ token, git_info, dependencies, credentials = [] }: JobPayload): string[] {
  const password = /^[a-z]+:\/\/[^/@]*:([^/@]*)@/i.exec(git_info.repo_url)?.[1] ?? '';
  const others = [...dependencies.map((one) => one.token), ...credentials.map((one) => one.password)];
  const all = [token, password, ...others];
  return all.filter((value) => value.length >= LEAST_TOKEN);
}

function maskedValues(variables: readonly Variable[], finalValue: (variable: Variable) => string): string[] {
  const masked = variables.filter((variable) => variable.masked);
  const values = masked.flatMap((variable) => [variable.value, finalValue(variable)]);
  return [...new Set(values.map((value) => value.trim()))].filter((value) => value !== '');
}
