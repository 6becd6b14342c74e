import type { Finding } from '../../editor/index.ts';
import type { Lint } from './draw.ts';

/** Where a project has its CI file that names no other. */
export const USUAL_FILE = '.gitlab-ci.yml';
export type Problem = Lint['problems'][number];

/** Those that have a place in `own` itself; what it includes is not here to be marked. */
export function findingsOf(problems: readonly Problem[], own: string): readonly Finding[] {
  return problems.flatMap(({ severity, message, file, line, column, hint }) => {
    if (line === null || (file !== null && file !== own)) return [];
    return [{ severity, line, column: column ?? 1, message: hint === null ? message : `${message} ${hint}` }];
  });
}
