import { expandVariables, type Variable } from '../../protocol/index.ts';
import type { Draft } from '../plan/draft-jobs.ts';
import type { Session } from '../session.ts';

/**
 * Variables that refer to each other in a circle have no value. GitLab makes no pipeline with them; a variable that names itself means
 * the one outside.
 */
export function checkVariableCycles(drafts: readonly Draft[], { context, problems }: Session): void {
  const told = new Set<string>();
  for (const { job, planned } of drafts) {
    const own = planned.variables.filter(
      (variable) => mayRefer(variable) && !Object.hasOwn(context.variables, variable.key),
    );
    // It takes two.
    for (const cycle of own.length < 2 ? [] : expandVariables(own).cycles) {
      const circle = [...cycle, cycle[0]].join(' → ');
      // Of the root's variables the first job tells, for all.
      if (told.has(circle)) continue;
      told.add(circle);
      const message = `job "${job.name}": variables refer to each other in a circle: ${circle}`;
      const finding = { code: 'variable-cycle', message, path: `jobs.${job.name}.variables` };
      problems.add(finding, { node: job.config, key: 'variables' });
    }
  }
}

function mayRefer({ raw, value }: Variable): boolean {
  return !raw && (value.includes('$') || value.includes('%'));
}
