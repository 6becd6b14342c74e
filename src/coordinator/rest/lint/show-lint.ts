import { formatProblem, type Problem } from '../../../base/index.ts';
import { type CompileResult, dumpMerged } from '../../../compile/index.ts';
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
    ...(withJobs ? { jobs: (result?.plan?.jobs ?? []).map(showPlanned) } : {}),
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

function showPlanned(job: PlannedJob): NonNullable<Lint['jobs']>[number] {
  return {
    name: job.name,
    stage: job.stage,
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
