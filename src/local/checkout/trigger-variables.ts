import type { CompileContext } from '../../compile/index.ts';
import { expandText, expandVariables, type PlannedJob, plainVariable, type Variable } from '../../protocol/index.ts';

type TriggerContext = Pick<CompileContext, 'predefined' | 'variables' | 'rawVariables'>;

interface HandedOn {
  readonly values: Readonly<Record<string, string>>;
  /** Names of those that the child, too, takes literally. */
  readonly raw: ReadonlySet<string>;
}

/**
 * What a trigger job may hand on, its own variables and those given to its pipeline: expanded where they are written, since the child
 * knows other values under the same names, or none. What is not known here either stays as written.
 */
export function triggerVariables(job: Pick<PlannedJob, 'variables' | 'trigger'>, context: TriggerContext): HandedOn {
  const { yamlVariables = true, pipelineVariables = false } = job.trigger?.forward ?? {};
  const facts = Object.entries(context.predefined).map(([key, value]) => plainVariable(key, value, { raw: true }));
  const given = givenVariables(context);
  const { values } = expandVariables([...facts, ...job.variables, ...given]);
  // Of two with one name the later one is handed on: what a person gave wins.
  const list = [...(yamlVariables ? job.variables : []), ...(pipelineVariables ? given : [])];
  const last = new Map(list.map((variable) => [variable.key, variable]));
  const entryOf = ({ key, value, raw }: Variable): [string, string] => [
    key,
    raw ? value : expandText(value, (name) => values.get(name)),
  ];
  return {
    values: Object.fromEntries([...last.values()].map(entryOf)),
    raw: new Set([...last.values()].filter(({ raw }) => raw).map(({ key }) => key)),
  };
}

/** Those of whoever started the pipeline: they may refer to others, unless a trigger job said that they do not. */
export function givenVariables({
  variables,
  rawVariables,
}: Pick<CompileContext, 'variables' | 'rawVariables'>): readonly Variable[] {
  return Object.entries(variables).map(([key, value]) =>
    plainVariable(key, value, { raw: rawVariables?.has(key) === true }),
  );
}
