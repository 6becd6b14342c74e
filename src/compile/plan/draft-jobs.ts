import type { PlannedJob, Variable } from '../../protocol/index.ts';
import { decideJob, type JobConditions, type JobDecision } from '../conditions/index.ts';
import { flattenNeeds } from '../config/flatten-lists.ts';
import type { Job } from '../config/job.ts';
import type { JobReport } from '../context.ts';
import { memo } from '../memo.ts';
import type { Session } from '../session.ts';
import type { JobConfig } from '../shape/job.ts';
import type { RuleNeeds } from '../shape/needs.ts';
import { isInherited } from '../yaml/mapping.ts';
import type { Pipeline } from './decide-pipeline.ts';
import type { Instances } from './expand-jobs.ts';
import type { Instance } from './expand-parallel.ts';
import { conditionsReader, type PlannedRule } from './job-conditions.ts';
import { jobLookup } from './job-lookup.ts';
import { type Decided, jobPlanner } from './plan-job.ts';
import { mergeVariables, planVariables } from './plan-variables.ts';

/** A job that is in the pipeline, planned up to what depends on which other jobs are in it. */
export interface Draft {
  readonly job: Job;
  readonly planned: { -readonly [K in keyof PlannedJob]: PlannedJob[K] };
  /** As written, in the job or in the rule that matched. */
  readonly needs: JobConfig['needs'] | RuleNeeds;
}

export interface Drafts {
  readonly drafts: readonly Draft[];
  readonly reports: readonly JobReport[];
}

/** Asks the rules of every job whether it is in the pipeline, and plans it. */
export function draftJobs(jobs: readonly Job[], instances: Instances, pipeline: Pipeline, session: Session): Drafts {
  const drafts: Draft[] = [];
  const reports: JobReport[] = [];
  const sharedVariables = memo(planVariables);
  const conditionsOf = conditionsReader(session);
  const planJob = jobPlanner(session);
  for (const job of jobs) {
    const { variables, needs } = job.config;
    const own = isInherited(job.config, 'variables', variables) ? sharedVariables(variables) : planVariables(variables);
    const conditions = conditionsOf(job);
    for (const instance of instances.of(job)) {
      const found = decide(instance, conditions, { own, pipeline }, session);
      if (found === null) continue;
      const { decision, decided } = found;
      const { name } = instance;
      reports.push({ name, stage: job.stage, added: decided !== null, reason: decision.reason });
      if (decided === null) continue;
      const rule = decided.decision.rule?.config;
      const ofRule = rule?.needs ? flattenNeeds(rule, rule.needs, session) : null;
      drafts.push({ job, planned: planJob(decided), needs: ofRule ?? needs });
    }
  }
  return { drafts, reports };
}

function decide(
  instance: Instance,
  conditions: JobConditions<PlannedRule>,
  { own, pipeline }: { readonly own: readonly Variable[]; readonly pipeline: Pipeline },
  session: Session,
): { readonly decision: { readonly reason: string }; readonly decided: Decided | null } | null {
  const { files, cache, context } = session;
  const { scope, hasWorkflowRules } = pipeline;
  const local = mergeVariables(own, instance.matrix);
  const lookup = jobLookup(instance, local, scope, session);
  const decision = decideJob(conditions, { variables: lookup, files, cache, ref: context.ref, hasWorkflowRules });
  if (decision.kind === 'broken') {
    reportBroken(instance.job, decision, conditions, session);
    return null;
  }
  if (decision.kind === 'excluded') return { decision, decided: null };
  const inherited = mergeVariables(inheritedVariables(instance.job, scope.planned), local);
  const ofRule = decision.rule?.config.variables;
  const variables = ofRule ? mergeVariables(inherited, planVariables(ofRule)) : inherited;
  return { decision, decided: { instance, decision, variables, lookup } };
}

/** Root variables as `inherit:variables` lets them through. */
function inheritedVariables(job: Job, root: readonly Variable[]): readonly Variable[] {
  const wanted = job.config.inherit?.variables ?? true;
  if (wanted === true) return root;
  return wanted === false ? [] : root.filter((variable) => wanted.includes(variable.key));
}

function reportBroken(
  job: Job,
  decision: Extract<JobDecision<PlannedRule>, { kind: 'broken' }>,
  conditions: JobConditions<PlannedRule>,
  session: Session,
): void {
  const rule = decision.ruleIndex === null ? undefined : conditions.rules?.[decision.ruleIndex]?.config;
  const place = rule === undefined ? { node: job.config, key: job.config.only ? 'only' : 'except' } : { node: rule };
  const finding = { code: 'bad-rule', message: `job "${job.name}": ${decision.message}`, path: `jobs.${job.name}` };
  session.problems.add(finding, place);
}
