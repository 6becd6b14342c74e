import type { Problem } from '../base/index.ts';
import { LIMITS } from './limits.ts';
import type { Place, SourceMap } from './yaml/source-map.ts';

/** A problem before it has a position. */
export type Finding = Pick<Problem, 'code' | 'message'> & Partial<Pick<Problem, 'path' | 'hint' | 'severity'>>;

/** Collects problems. The position is worked out at once, because the place may be gone by the time they are shown. */
export interface ProblemList {
  add(finding: Finding, place: Place | null): void;
  addAll(problems: readonly Problem[]): void;
  hasErrors(): boolean;
  /** By file and line. */
  sorted(): readonly Problem[];
}

export function createProblemList(sources: SourceMap): ProblemList {
  const problems: Problem[] = [];
  let errors = 0;
  const push = (problem: Problem) => {
    if (problem.severity === 'error') errors++;
    if (problems.length < LIMITS.problems) problems.push(problem);
  };
  return {
    add: (finding, place) =>
      push({ severity: 'error', ...finding, ...(place === null ? null : sources.locate(place)) }),
    addAll: (found) => found.forEach(push),
    hasErrors: () => errors > 0,
    sorted: () => withoutRepeats(problems.toSorted(byPosition)),
  };
}

function byPosition(left: Problem, right: Problem): number {
  if (left.file !== right.file) return (left.file ?? '') < (right.file ?? '') ? -1 : 1;
  return (left.line ?? 0) - (right.line ?? 0) || (left.column ?? 0) - (right.column ?? 0);
}

/** What is wrong in a template is wrong in every job that extends it; one line for one place is enough. */
function withoutRepeats(problems: readonly Problem[]): readonly Problem[] {
  const seen = new Set<string>();
  return problems.filter((problem) => {
    if (problem.line === undefined) return true;
    const key = [problem.file, problem.line, problem.column, problem.code, problem.message].join('\n');
    return seen.has(key) ? false : seen.add(key);
  });
}
