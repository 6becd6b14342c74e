import type { PlanVariable } from '../../protocol/index.ts';
import { decideJob, type JobDecision } from '../conditions/index.ts';
import type { Job } from '../config/job.ts';
import type { JobReport } from '../context.ts';
import { memo } from '../memo.ts';
import type { Session } from '../session.ts';
import type { VariableLookup } from '../values/index.ts';
import { isInherited } from '../yaml/mapping.ts';
import type { Pipeline } from './decide-pipeline.ts';
import { expandParallel, type Instance } from './expand-parallel.ts';
import type { ConditionedJob } from './job-conditions.ts';
import { jobLookup } from './job-lookup.ts';
import type { PlannedRule } from './job-rules.ts';
import { mergeVariables, planVariables } from './plan-variables.ts';

/** A job that is in the pipeline, with everything that decides how. */
export interface PickedJob {
  readonly instance: Instance;
  readonly job: Job;
  readonly decision: Extract<JobDecision<PlannedRule>, { kind: 'added' }>;
  readonly variables: readonly PlanVariable[];
  readonly lookup: VariableLookup;
}

export interface Picked {
  readonly jobs: readonly PickedJob[];
  readonly reports: readonly JobReport[];
}

/** Asks the rules of every job whether it is in the pipeline. */
export function pickJobs(jobs: readonly ConditionedJob[], pipeline: Pipeline, session: Session): Picked {
  const picked: PickedJob[] = [];
  const reports: JobReport[] = [];
  const sharedVariables = memo(planVariables);
  for (const conditioned of jobs) {
    const { job } = conditioned;
    const { variables } = job.config;
    const own = isInherited(job.config, 'variables', variables) ? sharedVariables(variables) : planVariables(variables);
    for (const instance of expandParallel(job)) {
      const found = judge(conditioned, instance, { own, pipeline }, session);
      if (found === null) continue;
      const { decision } = found;
      const { name } = instance;
      reports.push({ name, stage: job.stage, added: decision.kind === 'added', reason: decision.reason });
      if (decision.kind === 'excluded') continue;
      const ofRule = decision.rule?.config.variables;
      const inherited = mergeVariables(inheritedVariables(job, pipeline.scope.planned), found.local);
      const all = ofRule ? mergeVariables(inherited, planVariables(ofRule)) : inherited;
      picked.push({ instance, job, decision, variables: all, lookup: found.lookup });
    }
  }
  return { jobs: picked, reports };
}

interface Judged {
  readonly decision: Exclude<JobDecision<PlannedRule>, { kind: 'broken' }>;
  readonly local: readonly PlanVariable[];
  readonly lookup: VariableLookup;
}

function judge(
  { job, conditions }: ConditionedJob,
  instance: Instance,
  scope: { readonly own: readonly PlanVariable[]; readonly pipeline: Pipeline },
  session: Session,
): Judged | null {
  const { files, cache, context } = session;
  const { scope: root, hasWorkflowRules } = scope.pipeline;
  const local = mergeVariables(scope.own, instance.matrix);
  const lookup = jobLookup(instance, local, root, session);
  const decision = decideJob(conditions, { variables: lookup, files, cache, ref: context.ref, hasWorkflowRules });
  if (decision.kind !== 'broken') return { decision, local, lookup };
  const rule = decision.ruleIndex === null ? undefined : conditions.rules?.[decision.ruleIndex]?.config;
  const place = rule === undefined ? { node: job.config, key: job.config.only ? 'only' : 'except' } : { node: rule };
  const finding = { code: 'bad-rule', message: `job "${job.name}": ${decision.message}`, path: `jobs.${job.name}` };
  session.problems.add(finding, place);
  return null;
}

/** Root variables as `inherit:variables` lets them through. */
function inheritedVariables(job: Job, root: readonly PlanVariable[]): readonly PlanVariable[] {
  const wanted = job.config.inherit?.variables ?? true;
  if (wanted === true) return root;
  return wanted === false ? [] : root.filter((variable) => wanted.includes(variable.key));
}
