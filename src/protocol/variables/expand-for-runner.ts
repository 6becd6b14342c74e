import { expandVariables } from './expand-variables.ts';
import type { Variable } from './variable.ts';

/**
 * Variables as a runner is sent them: each key once, and what refers to others expanded through and through. The runner expands once
 * more, so that left for it is what it alone knows (other names, and file variables, which stand for their path) and what it must not
 * take for a reference: a literal (`raw`) value with a `$` in it. Source: GitLab's `sort_and_expand_all`.
 */
export function expandForRunner(variables: readonly Variable[]): Variable[] {
  const known = [...new Map(variables.map((variable) => [variable.key, variable])).values()];
  const { values } = expandVariables(known.filter((variable) => !variable.file && !isLiteralReference(variable)));
  return known.map((variable) => {
    const value = variable.file || variable.raw ? variable.value : (values.get(variable.key) ?? variable.value);
    return value === variable.value ? variable : { ...variable, value };
  });
}

function isLiteralReference({ raw, value }: Variable): boolean {
  return raw && value.includes('$');
}
