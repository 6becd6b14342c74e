/** Where something stands in a file. Lines and columns count from 1; columns are UTF-16 units. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/**
 * Something the user wrote that is wrong. A value, never thrown: collect all of them, report all of them.
 * Colour and layout belong to whoever prints it.
 */
export interface Problem extends Partial<Position> {
  /** Stable, kebab-case; tests and editors match on it. */
  readonly code: string;
  readonly message: string;
  /** Path inside the document, such as `jobs.build.retry.max`. */
  readonly path?: string;
  readonly severity: 'error' | 'warning';
  /** What to do about it, when we know. */
  readonly hint?: string;
}

export function hasErrors(problems: readonly Problem[]): boolean {
  return problems.some((problem) => problem.severity === 'error');
}

/** `file:line:column: message`, the form that editors and terminals turn into a link. */
export function formatProblem(problem: Problem): string {
  const place = [problem.file, problem.line, problem.column].filter((part) => part !== undefined).join(':');
  const head = place === '' ? '' : `${place}: `;
  const severity = problem.severity === 'warning' ? 'warning: ' : '';
  const hint = problem.hint === undefined ? '' : `\n    hint: ${problem.hint}`;
  return `${head}${severity}${problem.message}${hint}`;
}
