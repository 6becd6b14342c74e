import { predefinedVariables } from '../../../payload/index.ts';
import { expandText, expandVariables, type PlannedJob, plainVariable, type Variable } from '../../../protocol/index.ts';
import type { PipelineRecord, StoredVariable } from '../../../store/index.ts';
import type { Parts } from '../../parts.ts';
import { scopedVariables } from '../../pipelines/create/scoped-variables.ts';
import { pipelineFactsOf, type StoredFacts } from '../../pipelines/create/stored-facts.ts';

/** Characters; shorter ones are not masked. */
const MASKED_LENGTH = 8;

export interface ParentVariables {
  readonly pipeline: PipelineRecord;
  readonly configured: readonly StoredVariable[];
  readonly given: readonly Variable[];
  readonly server: Pick<Parts, 'base' | 'version'>;
}

/**
 * What a trigger job hands on to its child: expanded where it is written, since the child knows other values under the same names, or none.
 * One that was built around a secret is one.
 */
export function childVariables(job: PlannedJob, parent: ParentVariables): readonly Variable[] {
  const { pipeline, configured, given, server } = parent;
  const { yamlVariables = true, pipelineVariables = false } = job.trigger?.forward ?? {};
  const facts = predefinedVariables(pipelineFactsOf(pipeline, pipeline.facts as StoredFacts, server));
  const outside = scopedVariables(configured, { isProtected: pipeline.isProtected, environment: null });
  const predefined = Object.entries(facts).map(([key, value]) => plainVariable(key, value, { raw: true }));
  const { values } = expandVariables([...predefined, ...job.variables, ...outside, ...given]);
  const secrets = [...outside, ...given].filter(({ masked, value }) => masked && value.length >= MASKED_LENGTH);
  const list = [...(yamlVariables ? job.variables : []), ...(pipelineVariables ? given : [])];
  // Of two with one name the later one is handed on: what a person gave wins.
  const last = new Map(list.map((variable) => [variable.key, variable]));
  return [...last.values()].map((variable) => {
    const value = variable.raw ? variable.value : expandText(variable.value, (name) => values.get(name));
    const isSecret = secrets.some((secret) => value.includes(secret.value));
    return { ...variable, value, public: false, masked: variable.masked || isSecret };
  });
}
