import type { CompileContext } from '../../compile/index.ts';
import { expandText, expandVariables, type PlannedJob, plainVariable } from '../../protocol/index.ts';

type Values = Readonly<Record<string, string>>;

/**
 * What a trigger job may hand on, its own variables and those given to its pipeline: expanded where they are written, since the child
 * knows other values under the same names, or none. What is not known here either stays as written.
 */
export function triggerVariables(
  job: Pick<PlannedJob, 'variables'>,
  { predefined, variables: given }: Pick<CompileContext, 'predefined' | 'variables'>,
): { readonly own: Values; readonly given: Values } {
  const givenList = Object.entries(given).map(([key, value]) => plainVariable(key, value, { raw: false }));
  const facts = Object.entries(predefined).map(([key, value]) => plainVariable(key, value, { raw: true }));
  const { values } = expandVariables([...facts, ...job.variables, ...givenList]);
  const expand = (list: PlannedJob['variables']): Values =>
    Object.fromEntries(
      list.map(({ key, value, raw }) => [key, raw ? value : expandText(value, (name) => values.get(name))]),
    );
  return { own: expand(job.variables), given: expand(givenList) };
}
