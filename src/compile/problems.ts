import type { Problem } from '../base/index.ts';
import { LIMITS } from './limits.ts';
import type { Place, SourceMap } from './yaml/source-map.ts';

/** A problem before it has a position. A message about one job begins with `job "name"`. */
export type Finding = Pick<Problem, 'code' | 'message'> & Partial<Pick<Problem, 'path' | 'hint' | 'severity'>>;

/** Collects problems. The position is worked out at once, because the place may be gone by the time they are shown. */
export interface ProblemList {
  add(finding: Finding, place: Place | null): void;
  addAll(problems: readonly Problem[]): void;
  /** A file could not be included, which was reported at this place: errors that only miss what may be in it are counted, not listed. */
  lackInclude(place: Place): void;
  hasErrors(): boolean;
  /** How many were added, repeats and warnings included. */
  count(): number;
  /** By file and line. */
  sorted(): readonly Problem[];
}

/** What is wrong at one place, with the jobs it reaches: what is wrong in a template is wrong in every job that extends it. */
interface Entry {
  readonly problem: Problem;
  readonly jobs: Set<string>;
}

/** Errors about something that is not there, and those that a wrong idea of what is there brings with it. */
const MISSING: ReadonlySet<string> = new Set([
  'absent-need',
  'bad-reference',
  'dependency-not-needed',
  'later-stage',
  'no-jobs',
  'no-script',
  'unknown-dependency',
  'unknown-extends',
  'unknown-need',
  'unknown-on-stop',
  'unknown-stage',
]);

export function createProblemList(sources: SourceMap): ProblemList {
  const entries = new Map<string, Entry>();
  let errors = 0;
  let count = 0;
  let lacking: Place | null = null;
  const push = (problem: Problem) => {
    count++;
    if (problem.severity === 'error') errors++;
    const job = JOB.exec(problem.message)?.[1];
    const key = problem.line === undefined ? String(entries.size) : keyOf(problem);
    const known = entries.get(key);
    if (known === undefined && entries.size < LIMITS.problems) entries.set(key, { problem, jobs: new Set() });
    else if (job !== undefined) known?.jobs.add(job);
  };
  return {
    add: (finding, place) =>
      push({ severity: 'error', ...finding, ...(place === null ? null : sources.locate(place)) }),
    addAll: (found) => found.forEach(push),
    lackInclude(place) {
      lacking ??= place;
    },
    hasErrors: () => errors > 0,
    count: () => count,
    sorted() {
      const all = [...entries.values()].map(describe);
      if (lacking === null) return all.toSorted(byPosition);
      const shown = all.filter(({ code }) => !MISSING.has(code));
      const held = all.length - shown.length;
      if (held > 0) shown.push({ ...heldBack(held), ...sources.locate(lacking) });
      return shown.toSorted(byPosition);
    },
  };
}

const JOB = /^job "(.+?)"(?=[: ])/s;

function keyOf({ file, line, column, code, message }: Problem): string {
  return [file, line, column, code, message.replace(JOB, '')].join('\n');
}

const NAMED_JOBS = 3;

function describe({ problem, jobs }: Entry): Problem {
  const others = [...jobs].filter((job) => job !== JOB.exec(problem.message)?.[1]).map((job) => `"${job}"`);
  if (others.length === 0) return problem;
  const more = others.length > NAMED_JOBS + 1 ? ` and ${others.length - NAMED_JOBS} more` : '';
  const named = more === '' ? others : others.slice(0, NAMED_JOBS);
  return { ...problem, message: `${problem.message} (also in ${named.join(', ')}${more})` };
}

function heldBack(count: number): Problem {
  const errors = count === 1 ? '1 more error is' : `${count} more errors are`;
  const message = `${errors} not shown: what is missing may be in a file that could not be included`;
  return { code: 'held-back', severity: 'error', message };
}

function byPosition(left: Problem, right: Problem): number {
  if (left.file !== right.file) return (left.file ?? '') < (right.file ?? '') ? -1 : 1;
  return (left.line ?? 0) - (right.line ?? 0) || (left.column ?? 0) - (right.column ?? 0);
}
