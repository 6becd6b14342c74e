import { formatProblem, type Problem } from '../../../base/index.ts';
import { type CompileResult, type DeclaredInput, dumpMerged, plainValue } from '../../../compile/index.ts';
import type { PlannedJob } from '../../../protocol/index.ts';
import type { Lint } from '../schemas/lint.ts';

export interface LintWishes {
  /** That no pipeline would come of it counts as an error. */
  readonly dryRun: boolean;
  readonly withJobs: boolean;
}

/** @param result null: there is no file. */
export function showLint(result: CompileResult | null, { dryRun, withJobs }: LintWishes): Lint {
  const problems = result?.problems ?? [NO_FILE];
  const texts = (severity: Problem['severity']) =>
    problems.filter((problem) => problem.severity === severity).map(formatProblem);
  const filtered = result?.filtered ?? null;
  const errors = [...texts('error'), ...(dryRun && filtered !== null ? [filtered] : [])];
  return {
    valid: errors.length === 0,
    errors,
    warnings: texts('warning'),
    merged_yaml: result?.merged == null ? null : dumpMerged(result.merged),
    includes: [],
    ...(withJobs && result !== null ? showJobs(result) : {}),
    inputs: (result?.inputs ?? []).map(showInput),
    variables: prefilled(result?.merged?.get('variables')),
    problems: problems.map(showProblem),
  };
}

const NO_FILE: Problem = { code: 'no-ci-file', message: 'Please provide content of .gitlab-ci.yml', severity: 'error' };

function showProblem({ severity, code, message, file, line, column, path, hint }: Problem): Lint['problems'][number] {
  return {
    severity,
    code,
    message,
    file: file ?? null,
    line: line ?? null,
    column: column ?? null,
    path: path ?? null,
    hint: hint ?? null,
  };
}

function showJobs({ plan, jobs: reports }: CompileResult): Pick<Lint, 'jobs' | 'excluded'> {
  const reasons = new Map(reports.map(({ name, reason }) => [name, reason]));
  return {
    jobs: (plan?.jobs ?? []).map((job) => showPlanned(job, reasons.get(job.name) ?? '')),
    excluded: reports.filter(({ added }) => !added).map(({ name, stage, reason }) => ({ name, stage, reason })),
  };
}

function showInput({ name, type, description, default: usual, options }: DeclaredInput): Lint['inputs'][number] {
  return {
    name,
    type,
    description,
    required: usual === undefined,
    default: usual === undefined ? null : plainValue(usual),
    options: options?.map(plainValue) ?? null,
  };
}

/** As GitLab has it: of the variables of the file those that say what they are for. */
function prefilled(variables: unknown): Lint['variables'] {
  const written: unknown = variables === undefined ? null : plainValue(variables);
  if (typeof written !== 'object' || written === null) return [];
  return Object.entries(written).flatMap(([key, variable]: [string, unknown]) => {
    if (typeof variable !== 'object' || variable === null || !('description' in variable)) return [];
    const { value = '', description, options = null } = variable as Readonly<Record<string, unknown>>;
    if (typeof description !== 'string') return [];
    return [
      { key, value: String(value ?? ''), description, options: Array.isArray(options) ? options.map(String) : null },
    ];
  });
}

function showPlanned(job: PlannedJob, reason: string): NonNullable<Lint['jobs']>[number] {
  return {
    name: job.name,
    stage: job.stage,
    reason,
    before_script: [...job.beforeScript],
    script: [...job.script],
    after_script: [...job.afterScript],
    tag_list: [...job.tags],
    environment: job.environment?.name ?? null,
    when: job.when,
    allow_failure: job.allowFailure === true,
    needs: job.needs?.map(({ job: name, artifacts }) => ({ name, artifacts })) ?? null,
    only: null,
    except: null,
  };
}
